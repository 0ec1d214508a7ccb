import type { Mailbox } from './mailbox.ts';
import type { VerbActs } from './register-verbs.ts';
import type { Run } from './run.ts';

/** What the verbs do that mean the same in every kind of run. */
export function verbActs(mailbox: Mailbox): VerbActs<Run> {
  return {
    approve: (run, { by, sender }) => {
      mailbox.approvals.put(by);
      run.enterPhase(run.workingPhase(), `Approved by ${sender}`);
    },
    reject: (run, { sender }) => {
      run.interrupt({ outcome: 'Aborted', reason: `Rejected by ${sender}` });
    },
    abort: (run, { input, sender }) => {
      run.interrupt({
        outcome: input.cause === 'alert' ? run.outcomeOfFailure() : 'Aborted',
        reason: `Aborted by ${sender}`,
      });
    },
    retry: (run, { sender }) => {
      mailbox.answers.put('retry');
      run.enterPhase(run.phaseAfterAnswer(), `Tried again by ${sender}`);
    },
    giveUp: (run, { sender }) => {
      mailbox.answers.put('giveUp');
      const what = run.status.phase === 'undo-failed' ? 'Undo given up' : 'Given up';
      run.enterPhase(run.phaseAfterAnswer(), `${what} by ${sender}`);
    },
  };
}
