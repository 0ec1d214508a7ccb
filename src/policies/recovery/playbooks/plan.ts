import type { PlaybookSpec } from '../../../specs/recovery/playbook.ts';
import type { StepSpec, Values } from '../../../specs/recovery/playbook-step.ts';

/** The step that includes a playbook, for each step of that playbook. */
export interface Including {
  id: string;
  include: string;
  when?: string;
  mode?: StepSpec['mode'];
  /** For the inputs of the included playbook. */
  with: Values;
}

/** A step in the order in which steps are taken, with includes written out. */
export interface PlannedStep extends StepSpec {
  /** As status and reports name it, unique in the plan: `proof.answers`. */
  title: string;
  within?: Including;
}

/** Every step that a run can take. */
export function planPlaybook({ steps, includes }: PlaybookSpec): PlannedStep[] {
  return steps.flatMap((step): PlannedStep[] => {
    const { does } = step;
    if (does.kind !== 'use') return [titled(step)];
    const include = includes[does.use];
    if (include === undefined)
      throw new Error(`There is no playbook ${does.use}, although it was checked`);
    const within: Including = {
      ...{ id: step.id, include: does.use, with: does.with },
      ...(step.when !== undefined && { when: step.when }),
      ...(step.mode !== undefined && { mode: step.mode }),
    };
    return include.steps.map((inner) => ({
      ...titled(inner, step.id),
      within,
      ...(step.onFailure !== undefined &&
        inner.onFailure === undefined && { onFailure: step.onFailure }),
      // The first of them that is taken begins what the step begins.
      ...(step.noReturn && { noReturn: true as const }),
    }));
  });
}

function titled(step: StepSpec, within?: string): PlannedStep {
  return { ...step, title: within === undefined ? step.id : `${within}.${step.id}` };
}

/** The branches of a step, each a step of its own. */
export function branchesOf({ does, title, within }: PlannedStep): PlannedStep[] {
  if (does.kind !== 'parallel') return [];
  return does.steps.map((branch) => ({
    ...branch,
    title: within === undefined ? branch.id : `${title.split('.')[0]}.${branch.id}`,
    ...(within !== undefined && { within }),
  }));
}
