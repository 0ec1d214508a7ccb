import { condition } from '@temporalio/workflow';
import type { Ending } from '../../../kernel/ending.ts';
import { checkpoint } from '../../../kernel/checkpoint.ts';
import type { PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import type { ReadPlaybook } from './known-to-step.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { takeStepOf, type FailedStep } from './take-step.ts';

/** Takes every step from the present one on; ends early where a person gives a failed step up. */
export async function takePlan<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
): Promise<Ending | undefined> {
  while (run.state.next < playbook.plan.length) {
    const ending = await takeNext(run, playbook);
    if (ending !== undefined) return ending;
    run.state.next += 1;
    await run.shielded(() => checkpoint(run, () => run.state));
  }
  return undefined;
}

async function takeNext<Spec>(
  run: PlaybookRun<Spec>,
  playbook: ReadPlaybook,
): Promise<Ending | undefined> {
  const step = playbook.plan[run.state.next];
  if (step === undefined) return undefined;
  await run.shielded(() => pauseIfAsked(run, step));
  for (;;) {
    const failed = await run.shielded(() => takeStepOf(run, playbook, step));
    if (failed.length === 0) return undefined;
    const answer = await run.shielded(() => decide(run, playbook, failed));
    if (answer === 'giveUp') return givenUp(run, failed);
    if (answer === 'skip') return undefined;
  }
}

async function pauseIfAsked<Spec>(run: PlaybookRun<Spec>, step: PlannedStep): Promise<void> {
  const by = run.state.pausedBy;
  if (by === undefined) return;
  run.inbox.resumes.take();
  const phase = run.state.isPastReturn ? 'paused-finishing' : 'paused';
  run.enterPhase(phase, `Paused before ${step.title} by ${by}. Answer with resume`);
  await condition(() => run.inbox.resumes.value !== undefined);
  run.inbox.resumes.take();
  delete run.state.pausedBy;
}

/** What becomes of steps that failed: undone by itself, or as a person says. */
async function decide<Spec>(
  run: PlaybookRun<Spec>,
  { spec }: ReadPlaybook,
  failed: readonly FailedStep[],
): Promise<'retry' | 'skip' | 'giveUp'> {
  const { isPastReturn } = run.state;
  const isUndone = ({ step, failure: { is } }: FailedStep) =>
    is === 'undo' || (step.onFailure ?? (is === 'hold' ? is : spec.onFailure)) === 'undo';
  const toUndo = isPastReturn ? undefined : failed.find(isUndone);
  if (toUndo !== undefined) throw toUndo.failure;

  const reasons = failed.map(({ failure }) => failure.message).join('; ');
  run.held = failed.map(({ step }) => step.title).join(',');
  run.inbox.answers.take();
  run.inbox.skips.take();
  const verbs = isPastReturn ? 'retry, skip or give-up' : 'retry, skip, give-up or abort';
  run.enterPhase(isPastReturn ? 'held-finishing' : 'held', `${reasons}. Answer with ${verbs}`);
  await condition(
    () => run.inbox.answers.value !== undefined || run.inbox.skips.value !== undefined,
  );
  const skipped = run.inbox.skips.take();
  const answer = run.inbox.answers.take();
  run.held = undefined;
  if (skipped !== undefined) {
    skipFailed(run, failed, skipped);
    return 'skip';
  }
  await run.rereadSettings();
  return answer ?? 'retry';
}

function skipFailed<Spec>(run: PlaybookRun<Spec>, failed: readonly FailedStep[], by: string): void {
  for (const { step, failure } of failed) {
    run.state.results[step.title] = { state: 'skipped', outputs: {} };
    const shown = run.status.steps.findLast(({ name }) => name === step.title);
    if (shown !== undefined) Object.assign(shown, { state: 'skipped', by: by.split(':')[0] });
    run.note(`${step.title} was skipped by ${by} (it failed: ${failure.message})`);
  }
}

/** What was done stays as it is. */
function givenUp<Spec>(run: PlaybookRun<Spec>, failed: readonly FailedStep[]): Ending {
  const left = run.undo.list().map(({ name }) => name);
  if (left.length > 0) run.note(`Left as it is: ${left.join(', ')}`);
  run.undo.disarm();
  const names = failed.map(({ step }) => step.title).join(', ');
  return { outcome: 'GivenUp', reason: `given up at ${names}; what was done stays` };
}
