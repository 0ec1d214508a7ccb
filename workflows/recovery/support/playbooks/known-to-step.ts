import {
  knownTo,
  type StepResults,
} from '../../../../src/policies/recovery/playbooks/known-values.ts';
import {
  branchesOf,
  planPlaybook,
  type PlannedStep,
} from '../../../../src/policies/recovery/playbooks/plan.ts';
import { evaluateExpression } from '../../../../src/policies/recovery/playbooks/cel.ts';
import { readField } from '../../../../src/policies/recovery/playbooks/field-value.ts';
import type { Known } from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import type { PlaybookSpec } from '../../../../src/specs/recovery/playbook.ts';
import type { InputSpec } from '../../../../src/specs/recovery/playbook-step.ts';
import { StepFailure } from './step-failure.ts';
import type { PlaybookState } from './playbook-state.ts';

/** A playbook that was read: its steps, and the values that it was given. */
export interface ReadPlaybook {
  spec: PlaybookSpec;
  plan: readonly PlannedStep[];
  titles: readonly string[];
  /** The titles of what is taken: a step with branches shows as its branches. */
  shown: readonly string[];
  inputs: Readonly<Record<string, unknown>>;
}

export function readPlaybook(spec: PlaybookSpec): ReadPlaybook {
  const plan = planPlaybook(spec);
  const all = plan.flatMap((step) => [step, ...branchesOf(step)]);
  const taken = all.filter(({ does }) => does.kind !== 'parallel');
  const [titles, shown] = [all, taken].map((steps) => steps.map(({ title }) => title));
  return {
    spec,
    plan,
    titles: titles ?? [],
    shown: shown ?? [],
    inputs: valuesOf(spec.inputs, spec.with),
  };
}

/** What the expressions of a step can refer to now. */
export function knownNow(
  step: PlannedStep,
  { spec, titles, inputs }: ReadPlaybook,
  { results, groups }: { results: StepResults; groups: PlaybookState['groups'] },
): Known {
  const own = step.within === undefined ? inputs : (groups[step.within.id] ?? {});
  return knownTo(step, { inputs: own, results, mode: spec.mode, plan: titles });
}

/** Fails where it cannot be evaluated: what is not known is no condition. */
export function isTrue(expression: string, known: Known, what: string): boolean {
  const evaluated = evaluateExpression(expression, known);
  if (!evaluated.ok) {
    throw new StepFailure(
      `${what} cannot be evaluated: ${expression}: ${evaluated.message}`,
      'unanswered',
    );
  }
  return evaluated.value === true;
}

/** Values that were checked, with the defaults of those that were not given. */
export function valuesOf(
  declared: Readonly<Record<string, InputSpec>>,
  given: Known,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { type, ...input }]) => {
      const read = readField({ type, what: name }, given[name] ?? input.default);
      return [name, read.ok ? read.value : undefined];
    }),
  );
}
