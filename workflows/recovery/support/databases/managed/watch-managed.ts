import { condition } from '@temporalio/workflow';
import { describeChange } from '../../../../../src/policies/recovery/databases/managed/describe-change.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { checkpointWatch } from '../checkpoint-watch.ts';
import type { WatchRun } from '../watch-run.ts';
import { LeaderWatches } from './leader-watches.ts';
import { seeLeader } from './see-leader.ts';

/** Watches who leads, and tells people: the manager fails over by itself. Ends only where it is stopped. */
export async function watchManaged(run: WatchRun): Promise<never> {
  let watches: LeaderWatches | undefined;
  for (;;) {
    const { node, led } = await untilLed(run);
    watches?.stop();
    const change = describeChange(run.memory.led, led);
    if (change !== undefined) {
      await takeStep(run, change.title, async ({ prove }) => {
        prove({ what: 'leader', source: node.agent, value: change.text });
        run.notifier.notify('message', undefined, change);
      });
    }
    run.noteLed(led);
    run.enterPhase('working', `Watching ${led.leader}, which leads`);
    watches = new LeaderWatches(run, led.leader);
    await watches.untilNews();
    await checkpointWatch(run);
  }
}

const quickPauseMs = 1_000;
const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/** People are told once nobody has led for so long as the plan allows, or at once where two take writes. */
async function untilLed(run: WatchRun) {
  for (let latePauseMs = firstPauseMs; ;) {
    const seen = await seeLeader(run);
    if (seen.is === 'led') return seen;
    const { isLate, pauseMs } = run.noteUnled(quickPauseMs);
    if (isLate || seen.isAlarming) run.enterPhase('down', seen.why);
    const isAcknowledged = () => run.inbox.acknowledgements.value !== undefined;
    await condition(isAcknowledged, isLate ? latePauseMs : pauseMs);
    run.takeAcknowledgement();
    if (isLate) latePauseMs = Math.min(2 * latePauseMs, longestPauseMs);
    await checkpointWatch(run);
  }
}
