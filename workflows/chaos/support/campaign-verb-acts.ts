import type { VerbActs } from '../../kernel/register-verbs.ts';
import { verbActs } from '../../kernel/verb-acts.ts';
import type { CampaignMailbox, CampaignRun } from './campaign-run.ts';

/** What the verbs do that only a campaign has, and what else they mean there. */
export function campaignVerbActs(mailbox: CampaignMailbox): VerbActs<CampaignRun> {
  const usual = verbActs(mailbox);
  return {
    ...usual,
    pause: (run, { sender }) => {
      run.state.pausedBy = sender;
      mailbox.resumes.take();
      if (run.status.phase === 'waiting') return;
      run.enterPhase(run.workingPhase(), `${run.status.now}; pauses after it, asked by ${sender}`);
    },
    resume: (run, { sender }) => {
      mailbox.resumes.put(sender);
    },
    skip: (_, { sender }) => {
      mailbox.skips.put(sender);
    },
    abort: (run, verb) => {
      if (!run.hasBegun) {
        usual['abort']?.(run, verb);
        return;
      }
      run.halt(`Halted by ${verb.sender}`);
      run.enterPhase(run.workingPhase(), `Halted by ${verb.sender}`);
    },
  };
}
