import type { PartEvidence } from '../../../contracts/recovery/playbooks/part.ts';
import type { PlaybookMode } from '../../../specs/recovery/playbook-step.ts';
import type { PlannedStep } from './plan.ts';
import type { Known } from './resolve-values.ts';

/** How a step ended, for the steps after it. `failed`: it was gone on from. */
export interface StepResult {
  state: 'done' | 'skipped' | 'failed';
  /** Of a probe that answered. */
  passed?: boolean;
  outputs: Readonly<Record<string, unknown>>;
  evidence?: PartEvidence;
}

/** By the title of the step. */
export type StepResults = Readonly<Record<string, StepResult>>;

/** What the expressions of a step can refer to. A step that has not ended gives only that it is not done. */
export function knownTo(
  { within }: Pick<PlannedStep, 'within'>,
  {
    inputs,
    results,
    mode,
    plan,
  }: {
    inputs: Readonly<Record<string, unknown>>;
    results: StepResults;
    mode: PlaybookMode;
    plan: readonly string[];
  },
): Known {
  if (within === undefined) return { inputs, mode, steps: outerSteps(plan, results) };
  return { inputs, mode, steps: innerSteps(plan, results, within.id) };
}

function innerSteps(plan: readonly string[], results: StepResults, id: string): Known {
  const inner = plan.filter((title) => title.startsWith(`${id}.`));
  return Object.fromEntries(
    inner.map((title) => [title.slice(id.length + 1), valueOf(results[title])]),
  );
}

function outerSteps(plan: readonly string[], results: StepResults): Known {
  const groups = new Set(plan.flatMap((title) => (title.includes('.') ? [groupOf(title)] : [])));
  return Object.fromEntries([
    ...plan
      .filter((title) => !title.includes('.'))
      .map((title) => [title, valueOf(results[title])] as const),
    ...[...groups].map((id) => {
      const inner = plan.filter((title) => groupOf(title) === id && title !== id);
      const done = inner.length > 0 && inner.every((title) => results[title]?.state === 'done');
      return [id, { ...innerSteps(plan, results, id), done }] as const;
    }),
  ]);
}

function groupOf(title: string): string {
  return title.split('.')[0] ?? title;
}

function valueOf(result: StepResult | undefined): Known {
  if (result === undefined) return { done: false, passed: false };
  const { state, passed = false, outputs, evidence } = result;
  return {
    ...outputs,
    done: state === 'done',
    passed: state === 'done' && passed,
    ...(evidence !== undefined && { evidence }),
  };
}
