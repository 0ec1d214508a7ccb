import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Rollout } from './rollout.ts';
import type { ServiceActs } from './service-acts.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** The rollout cannot go on by itself: it waits until a person says `retry`, or aborts it. */
export async function awaitPerson(rollout: Rollout, problem: string): Promise<void> {
  const { answers } = rollout.inbox;
  answers.take();
  rollout.enterPhase('stuck', problem);
  await condition(() => answers.value !== undefined);
  answers.take();
}

/**
 * Runs a part of a promotion. Where others changed what it relies on, the release never settles
 * on something else: it waits for a person, whose `retry` puts back what was changed.
 */
export async function despiteDrift<T>(
  rollout: Rollout,
  acts: ServiceActs,
  part: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await part();
    } catch (error) {
      if (!hasFailedAs(error, failureTypes.targetDrifted)) throw error;
      await putBackWhenTold(rollout, acts, reasonOf(error));
    }
  }
}

async function putBackWhenTold(
  rollout: Rollout,
  acts: ServiceActs,
  changes: string,
): Promise<void> {
  const { version, previousVersion = 'the previous release' } = rollout.status;
  let problem = `Others changed objects that ${version} depends on: ${changes}`;
  for (;;) {
    await awaitPerson(
      rollout,
      `${problem}. retry undoes the changes; abort brings ${previousVersion} back`,
    );
    try {
      await acts.correctDrift();
      return;
    } catch (error) {
      if (isCancellation(error)) throw error;
      problem = `The changes of others could not be undone: ${reasonOf(error)}`;
    }
  }
}

export function hasFailedAs(error: unknown, type: string): boolean {
  const isWrapped = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  const cause = isWrapped ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === type;
}
