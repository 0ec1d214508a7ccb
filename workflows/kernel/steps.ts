import { patched } from '@temporalio/workflow';
import type { Evidence, StepStatus } from '../../src/contracts/kernel/run.ts';
import { boundSteps } from '../../src/policies/kernel/bound-steps.ts';
import { shorten } from '../../src/policies/kernel/notifications/bounded-text.ts';
import type { Run } from './run.ts';

/** A step that is open. */
export interface OpenStep {
  /** Shows what was read and decided, at once. */
  prove(evidence: Omit<Evidence, 'atMs'>): void;
}

/** Shows the steps that are to come. */
export function planSteps(run: Run, names: readonly string[]): void {
  const { steps, stepsLeftOut } = run.status;
  const known = new Set(steps.map(({ name }) => name));
  // Steps that are left out have ended: they came before those that are known.
  const begin = stepsLeftOut === undefined ? 0 : names.findLastIndex((name) => known.has(name)) + 1;
  const planned = names.slice(begin).filter((name) => !known.has(name));
  run.status.steps.push(
    ...planned.map((name): StepStatus => ({ name, state: 'pending', evidence: [] })),
  );
  keepBounded(run);
  run.refresh();
}

/**
 * One step of a story, with its times and evidence. What it returns is the evidence that a later
 * step may ask for as an argument. A step that throws stays active until the run's end decides
 * whether it failed or was stopped.
 */
export function takeStep<T>(run: Run, name: string, act: Act<T>): Promise<T> {
  return take(run, name, act, () => {
    run.enterPhase(run.workingPhase(), name);
  });
}

/** A step beside others: where one of them waits for a person, the run goes on waiting. */
export function takeStepBeside<T>(run: Run, name: string, act: Act<T>): Promise<T> {
  return take(run, name, act, () => {
    const isAwaited = run.status.phase !== run.workingPhase();
    if (isAwaited && patched('steps-beside-others-end-no-wait')) run.refresh();
    else run.enterPhase(run.workingPhase(), name);
  });
}

type Act<T> = (step: OpenStep) => Promise<T>;

async function take<T>(run: Run, name: string, act: Act<T>, show: () => void): Promise<T> {
  const step = stepNamed(run, name);
  Object.assign(step, { state: 'active', startedAtMs: Date.now() });
  show();
  const result = await act({
    prove: ({ what, value, ...evidence }) => {
      const short = { what: shorten(what, longestText), value: shorten(value, longestText) };
      addEvidence(step, { ...short, ...evidence, atMs: Date.now() });
      run.refresh();
    },
  });
  Object.assign(step, { state: 'done', endedAtMs: Date.now() });
  keepBounded(run);
  run.refresh();
  return result;
}

/** What was tried has failed, and the run goes on: steps that are open beside it stay so. */
export function failStep(run: Run, name: string, why?: Omit<Evidence, 'atMs'>): void {
  const step = run.status.steps.findLast((each) => each.name === name);
  if (step === undefined) return;
  const atMs = Date.now();
  if (why !== undefined) {
    addEvidence(step, { ...why, value: shorten(why.value, longestText), atMs });
  }
  Object.assign(step, { state: 'failed', endedAtMs: atMs });
  run.refresh();
}

/** Every status carries the steps, so each stays small. */
const keptEvidence = 50;
const longestText = 1_000;

function addEvidence({ evidence }: StepStatus, added: Evidence): void {
  evidence.push(added);
  if (evidence.length > keptEvidence) evidence.shift();
}

function keepBounded({ status }: Run): void {
  const { steps, leftOut } = boundSteps(status.steps);
  status.steps = steps;
  if (leftOut > 0) status.stepsLeftOut = (status.stepsLeftOut ?? 0) + leftOut;
}

function stepNamed(run: Run, name: string): StepStatus {
  const open = run.status.steps.find((step) => step.name === name && step.state !== 'done');
  if (open !== undefined) return open;
  const added: StepStatus = { name, state: 'pending', evidence: [] };
  run.status.steps.push(added);
  return added;
}
