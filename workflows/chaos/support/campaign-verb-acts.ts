import type { VerbActs } from '../../kernel/register-verbs.ts';
import { verbActs } from '../../kernel/verb-acts.ts';
import { describePause, type CampaignMailbox, type CampaignRun } from './campaign-run.ts';

/** What the verbs do that only a campaign has, and what else they mean there. */
export function campaignVerbActs(mailbox: CampaignMailbox): VerbActs<CampaignRun> {
  const usual = verbActs(mailbox);
  return {
    ...usual,
    pause: (run, { sender }) => {
      run.state.pausedBy = sender;
      const { waitsFor, underWay } = run;
      if (waitsFor !== undefined) run.enterPhase('paused', describePause(waitsFor, sender));
      else run.enterPhase(run.workingPhase(), `${pausesWhen(underWay)}, asked by ${sender}`);
    },
    resume: (run, { sender }) => {
      delete run.state.pausedBy;
      const { underWay } = run;
      const goesOn = underWay === undefined ? 'Goes on' : `${underWay}; goes on after it`;
      run.enterPhase(run.workingPhase(), `${goesOn}, asked by ${sender}`);
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

function pausesWhen(underWay: string | undefined): string {
  return underWay === undefined
    ? 'Pauses before the next experiment'
    : `${underWay}; pauses after it`;
}
