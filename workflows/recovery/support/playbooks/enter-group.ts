import type { Including } from '../../../../src/policies/recovery/playbooks/plan.ts';
import { knownTo } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import { resolveValues } from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import { isTrue, valuesOf, type ReadPlaybook } from './known-to-step.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { StepFailure } from './step-failure.ts';

/** Whether the steps of an included playbook are taken, decided once; its inputs are evaluated then. */
export function enterGroup<Spec>(
  run: PlaybookRun<Spec>,
  { spec, titles, inputs }: ReadPlaybook,
  { id, include, when, mode, with: given }: Including,
): boolean {
  const known = run.state.groups[id];
  if (known !== undefined) return known !== null;
  const scope = knownTo({}, { inputs, results: run.state.results, mode: spec.mode, plan: titles });
  const isTaken =
    (mode === undefined || mode === spec.mode) &&
    (when === undefined || isTrue(when, scope, `when of ${id}`));
  if (!isTaken) {
    run.state.groups[id] = null;
    return false;
  }
  const declared = spec.includes[include]?.inputs ?? {};
  const fields = Object.fromEntries(
    Object.entries(declared).map(([name, { type, ...input }]) => [
      name,
      { type, what: name, ...('default' in input && { optional: true as const }) },
    ]),
  );
  const resolved = resolveValues(given, fields, scope);
  if (!resolved.ok) throw new StepFailure(`${id}: ${resolved.reasons.join('; ')}`, 'unanswered');
  run.state.groups[id] = valuesOf(declared, resolved.value);
  return true;
}
