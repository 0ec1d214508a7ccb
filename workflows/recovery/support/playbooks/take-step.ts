import { isCancellation } from '@temporalio/workflow';
import type { StepResult } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import { branchesOf, type PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { ProbeFailed } from './do-part.ts';
import { doStep } from './do-step.ts';
import { enterGroup } from './enter-group.ts';
import { isTrue, knownNow, type ReadPlaybook } from './known-to-step.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { failureIn, type StepFailure } from './step-failure.ts';

export interface FailedStep {
  step: PlannedStep;
  failure: StepFailure;
}

/** Takes a step, or its branches side by side, and answers what failed and is not gone on from. */
export async function takeStepOf<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
  step: PlannedStep,
): Promise<FailedStep[]> {
  if (step.does.kind !== 'parallel') return takeOne(run, playbook, step);
  const own = await guarded(run, step, () => shouldTake(run, playbook, step));
  if (Array.isArray(own)) return own;
  const branches = branchesOf(step);
  if (!own) {
    for (const branch of branches) skip(run, branch, 'its step is skipped');
    return [];
  }
  if (step.noReturn) run.passReturn();
  // What was done is not done again where another branch is tried again.
  const open = branches.filter(({ title }) => run.state.results[title] === undefined);
  const ended = await run.shielded(() =>
    Promise.allSettled(open.map((branch) => takeOne(run, playbook, branch))),
  );
  const failed = ended.flatMap((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
  if (failed.length === 0) run.state.results[step.title] = { state: 'done', outputs: {} };
  return failed;
}

async function takeOne<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
  step: PlannedStep,
): Promise<FailedStep[]> {
  const failed = await guarded(run, step, async () => {
    if (!(await shouldTake(run, playbook, step))) {
      skip(run, step, 'it does not apply');
      return [];
    }
    const known = knownNow(step, playbook, run.state);
    const result = await takeStep(run, step.title, (open) => doStep(run, step, { known, open }));
    run.state.results[step.title] = result;
    return [];
  });
  return failed;
}

/** What fails is an answer; only a cancellation is thrown. */
async function guarded<Spec, T>(
  run: PlaybookRun<Spec>,
  step: PlannedStep,
  act: () => Promise<T>,
): Promise<T | FailedStep[]> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error)) throw error;
    const failure = failureIn(error);
    show(run, step, failure);
    if (step.onFailure !== 'continue' || failure.is !== 'answered') return [{ step, failure }];
    run.state.results[step.title] = resultOf(failure);
    run.note(`${failure.message}; went on`);
    return [];
  }
}

/** A probe that answered is done: that it did not pass is what later steps want to know. */
function resultOf(failure: StepFailure): StepResult {
  return failure instanceof ProbeFailed ? failure.result : { state: 'failed', outputs: {} };
}

async function shouldTake<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
  step: PlannedStep,
): Promise<boolean> {
  if (step.within !== undefined && !enterGroup(run, playbook, step.within)) return false;
  if (step.mode !== undefined && step.mode !== playbook.spec.mode) return false;
  if (step.when === undefined) return true;
  return isTrue(step.when, knownNow(step, playbook, run.state), 'when');
}

function skip<Spec>(run: PlaybookRun<Spec>, step: PlannedStep, why: string): void {
  run.state.results[step.title] = { state: 'skipped', outputs: {} };
  const shown = shownStep(run, step);
  if (shown === undefined) return;
  const value = step.when === undefined ? why : `${why}: ${step.when}`;
  const atMs = Date.now();
  shown.evidence.push({ what: 'skipped', source: 'playbook', value, atMs });
  Object.assign(shown, { state: 'skipped', endedAtMs: atMs });
  run.refresh();
}

function show<Spec>(run: PlaybookRun<Spec>, step: PlannedStep, { message }: StepFailure): void {
  const shown = shownStep(run, step);
  if (shown === undefined) return;
  const atMs = Date.now();
  shown.evidence.push({
    what: 'failure',
    source: 'playbook',
    value: message.slice(0, 1_000),
    atMs,
  });
  Object.assign(shown, { state: 'failed', endedAtMs: atMs });
  run.refresh();
}

function shownStep<Spec>(run: PlaybookRun<Spec>, { title }: PlannedStep) {
  return run.status.steps.findLast(({ name }) => name === title);
}
