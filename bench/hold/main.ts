import { readCount, readDuration, readDurations } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { countHistory } from './count-history.ts';
import { defaultHoldsMs } from './ladder.ts';
import { measureHolds, type HoldsFigures } from './measure-holds.ts';
import { missedTargets } from './missed-targets.ts';
import { showHolds } from './show-holds.ts';

const usage = `Usage: npm run bench:hold -- [options]

Counts the Temporal Actions of the default canary, with its holds shortened, and measures how long
a hold is not watched after a worker's death.

  --blind-times  what BELAY_BLIND_TIME is set to; one run each (default: 30s,150s)
  --holds        all holds of the counted canary together (default: 60s)
  --real-hour    the default ladder as it is: an hour of holds
  --repetitions  workers killed for each blind time, once with a second worker alive and once
                 with only the restart by \`belay up\` (default: 5)
  --no-kill      count only
  --count-history ENV/SERVICE  count a rollout that ran on the server of BELAY_HOME, nothing else`;

await runBenchmark<HoldsFigures>({
  usage,
  defaults: { 'blind-times': '30s,150s', holds: '60s', repetitions: '5', 'count-history': '' },
  flags: ['real-hour', 'no-kill'],
  measure: async ({ origin, text, isSet }) => {
    const blindTimesMs = readDurations('blind-times', text('blind-times'));
    const rollout = text('count-history');
    if (rollout !== '') {
      return { counted: [], blind: [], history: await countHistory(rollout, blindTimesMs) };
    }
    return measureHolds(origin, {
      blindTimesMs,
      holdsMs: isSet('real-hour') ? defaultHoldsMs : readDuration('holds', text('holds')),
      repetitions: isSet('no-kill') ? 0 : readCount('repetitions', text('repetitions')),
    });
  },
  show: showHolds,
  missed: missedTargets,
});
