import type { VerbActs } from '../../../kernel/register-verbs.ts';
import { verbActs } from '../../../kernel/verb-acts.ts';
import type { PlaybookMailbox, PlaybookRun } from './playbook-run.ts';

/** What the verbs do that only a playbook has, and what else they mean there. */
export function playbookVerbActs<Spec>(mailbox: PlaybookMailbox): VerbActs<PlaybookRun<Spec>> {
  return {
    ...verbActs(mailbox),
    pause: (run, { sender }) => {
      run.state.pausedBy = sender;
      run.enterPhase(run.workingPhase(), `${run.status.now}; pauses after it, asked by ${sender}`);
    },
    resume: (run, { sender }) => {
      mailbox.resumes.put(sender);
      run.enterPhase(run.workingPhase(), `Resumed by ${sender}`);
    },
    skip: (run, { sender }) => {
      mailbox.skips.put(sender);
      run.enterPhase(run.workingPhase(), `${run.held ?? 'The step'} was skipped by ${sender}`);
    },
    giveUp: (run, { sender }) => {
      mailbox.answers.put('giveUp');
      run.enterPhase(run.phaseAfterAnswer(), `Given up by ${sender}`);
    },
  };
}
