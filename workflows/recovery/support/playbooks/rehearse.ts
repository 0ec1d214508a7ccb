import type { Part } from '../../../../src/contracts/recovery/playbooks/part.ts';
import type {
  StepResult,
  StepResults,
} from '../../../../src/policies/recovery/playbooks/known-values.ts';
import { partNamed } from '../../../../src/policies/recovery/playbooks/parts/table.ts';
import { branchesOf, type PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import { evaluateExpression } from '../../../../src/policies/recovery/playbooks/cel.ts';
import { knownTo } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import {
  fillForPeople,
  resolveValues,
  type Known,
} from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import { takeStep, type OpenStep } from '../../../kernel/steps.ts';
import { valuesOf, type ReadPlaybook } from './known-to-step.ts';
import { performerOf, proberOf } from './performers/table.ts';
import type { PlaybookRun } from './playbook-run.ts';
import type { PlaybookState } from './playbook-state.ts';
import { failureIn } from './step-failure.ts';

export interface Rehearsed {
  /** Actions and probes that were checked or asked. */
  checked: number;
  problems: string[];
}

interface Rehearsing<Spec> {
  run: PlaybookRun<Spec>;
  playbook: ReadPlaybook;
  results: Record<string, StepResult>;
  groups: PlaybookState['groups'];
  /** What expressions know of the steps that certainly do not apply, by title. */
  left: Record<string, Known>;
  rehearsed: Rehearsed;
}

/**
 * Runs the probes and checks the actions of every step that may be needed: whatever its condition, unless
 * the inputs alone make that false. What depends on an action that was not carried out is said, and not checked.
 */
export async function rehearse<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
): Promise<Rehearsed> {
  const rehearsing: Rehearsing<Spec> = {
    ...{ run, playbook, results: {}, groups: {}, left: {} },
    rehearsed: { checked: 0, problems: [] },
  };
  for (const step of playbook.plan.flatMap((each) => [each, ...branchesOf(each)])) {
    if (step.does.kind === 'parallel') continue;
    await takeStep(run, step.title, async (open) => {
      showPlan(rehearsing, step, open);
      await tryOut(rehearsing, step, open);
    });
  }
  const { problems } = rehearsing.rehearsed;
  if (problems.length > 0) run.found.problems = problems;
  return rehearsing.rehearsed;
}

async function tryOut<Spec>(
  rehearsing: Rehearsing<Spec>,
  step: PlannedStep,
  open: OpenStep,
): Promise<void> {
  const { does, title, undo } = step;
  if (doesNotApply(rehearsing, step)) {
    rehearsing.left[title] = { done: false, passed: false };
    open.prove({ what: 'check', source: 'playbook', value: 'does not apply with these inputs' });
    return;
  }
  const known = knownFor(rehearsing, step);
  if (does.kind === 'probe') {
    await tryPart(rehearsing, { step, name: does.probe, values: does.with, known, open });
  } else if (does.kind === 'action') {
    await tryPart(rehearsing, { step, name: does.action, values: does.with, known, open });
    if (undo === undefined || undo === 'none') return;
    const undone = { ...step, title: `undo of ${title}` };
    await tryPart(rehearsing, { step: undone, name: undo.action, values: undo.with, known, open });
  }
}

/** Whether its condition is false whatever the steps give that could be taken before it. */
function doesNotApply<Spec>(rehearsing: Rehearsing<Spec>, step: PlannedStep): boolean {
  const { playbook, left } = rehearsing;
  const { mode } = playbook.spec;
  const isFalse = (when: string | undefined, inputs: unknown, within: string | undefined) => {
    if (when === undefined) return false;
    const prefix = within === undefined ? '' : `${within}.`;
    const steps = Object.fromEntries(
      Object.entries(left).flatMap(([title, known]) =>
        title.startsWith(prefix) ? [[title.slice(prefix.length), known] as const] : [],
      ),
    );
    const evaluated = evaluateExpression(when, { inputs, mode, steps });
    return evaluated.ok && evaluated.value === false;
  };
  const { within } = step;
  const own = knownFor(rehearsing, step)['inputs'];
  return (
    [step.mode, within?.mode].some((wanted) => wanted !== undefined && wanted !== mode) ||
    isFalse(within?.when, playbook.inputs, undefined) ||
    isFalse(step.when, own, within?.id)
  );
}

interface Trial {
  step: PlannedStep;
  name: string;
  values: Known;
  known: Known;
  open: OpenStep;
}

async function tryPart<Spec>(
  { run, results, rehearsed }: Rehearsing<Spec>,
  { step, name, values, known, open }: Trial,
): Promise<void> {
  const { title } = step;
  const part = partNamed(name);
  if (part === undefined) return;
  const resolved = resolveValues(values, part.inputs, known);
  if (!resolved.ok) {
    const value = `not checked, it depends on steps before it: ${resolved.reasons.join('; ')}`;
    open.prove({ what: 'check', source: name, value });
    return;
  }
  rehearsed.checked += 1;
  const inputs = resolved.value;
  const order = { title, part, inputs, evidence: {}, isRehearsed: true as const };
  open.prove({ what: name, source: 'playbook', value: showInputs(inputs) });
  try {
    const prober = part.is === 'probe' ? proberOf(part) : undefined;
    const { problems, seen } = await (prober ?? performerOf(part)).check(run, order);
    for (const each of seen) open.prove(each);
    for (const problem of problems) report(rehearsed, open, { title, part, problem });
    if (prober === undefined || problems.length > 0) return;
    const { passed, outputs, seen: answered } = await prober.ask(run, order);
    for (const each of answered) open.prove(each);
    results[title] = { state: 'done', passed, outputs };
  } catch (error) {
    report(rehearsed, open, { title, part, problem: failureIn(error).message });
  }
}

function report(
  rehearsed: Rehearsed,
  open: OpenStep,
  { title, part, problem }: { title: string; part: Part; problem: string },
): void {
  rehearsed.problems.push(`${title}: ${problem}`);
  open.prove({ what: 'problem', source: part.name, value: problem });
}

/** What the step would do, in one line. */
function showPlan<Spec>(rehearsing: Rehearsing<Spec>, step: PlannedStep, open: OpenStep): void {
  const { does, when, within } = step;
  const known = knownFor(rehearsing, step);
  const prove = (what: string, value: string) => open.prove({ what, source: 'playbook', value });
  if (within?.when !== undefined) prove('only if', within.when);
  if (when !== undefined) prove('only if', when);
  if (step.mode !== undefined) prove('only if', `the mode is ${step.mode}`);
  if (step.noReturn) prove('no return', 'what was done before is not undone any more');
  switch (does.kind) {
    case 'approval':
      prove(
        'approval',
        `${fillForPeople(does.message, known)}, by ${does.by.join(' or ') || 'anyone'}`,
      );
      break;
    case 'wait':
      prove('wait', typeof does.for === 'number' ? formatDuration(does.for) : does.for);
      break;
    case 'notify':
      prove('notify', `${does.severity}: ${fillForPeople(does.text, known)}`);
      break;
    default:
  }
}

function knownFor<Spec>({ playbook, results, groups }: Rehearsing<Spec>, step: PlannedStep): Known {
  const { spec, titles, inputs } = playbook;
  const { within } = step;
  const seen: { results: StepResults; mode: typeof spec.mode; plan: readonly string[] } = {
    ...{ results, mode: spec.mode, plan: titles },
  };
  if (within === undefined) return knownTo(step, { ...seen, inputs });
  groups[within.id] ??= included(playbook, within, knownTo({}, { ...seen, inputs }));
  return knownTo(step, { ...seen, inputs: groups[within.id] ?? {} });
}

/** The inputs of an included playbook, as far as they are known without its actions. */
function included(
  { spec }: ReadPlaybook,
  { include, with: given }: NonNullable<PlannedStep['within']>,
  known: Known,
): Readonly<Record<string, unknown>> {
  const declared = spec.includes[include]?.inputs ?? {};
  const filled = Object.entries(given).flatMap(([name, value]) => {
    const type = declared[name]?.type;
    if (type === undefined) return [];
    const resolved = resolveValues({ [name]: value }, { [name]: { type, what: name } }, known);
    return resolved.ok ? [[name, resolved.value[name]] as const] : [];
  });
  const values = valuesOf(declared, Object.fromEntries(filled));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function showInputs(inputs: Known): string {
  const shown = Object.entries(inputs).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return shown.join(', ') || 'nothing';
}
