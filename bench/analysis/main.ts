import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { measureAnalysis, type AnalysisFigures } from './measure.ts';
import { showAnalysis } from './show.ts';
import { missedTargets } from './targets.ts';

const usage = `Usage: npm run bench:analysis -- [options]

Simulates rollouts of good and of bad releases and has them judged by fixed thresholds, by Mann and
Whitney's test, and by Belay's sequential test. The same seeds give the same figures anywhere.

  --runs         rollouts of a good release for the sequential test, in each scenario in which
                 requests are split at random (default: 2000)
  --most-runs    the same, where these cannot tell whether it aborts more than alpha (default: 10000)
  --other-runs   rollouts of everything else (default: 100)
  --hold-runs    holds in which something changes, of each kind (default: 200)`;

await runBenchmark<AnalysisFigures>({
  usage,
  defaults: { runs: '2000', 'most-runs': '10000', 'other-runs': '100', 'hold-runs': '200' },
  measure: ({ text }) =>
    measureAnalysis({
      sequential: readCount('runs', text('runs')),
      atMost: readCount('most-runs', text('most-runs')),
      others: readCount('other-runs', text('other-runs')),
      changes: readCount('hold-runs', text('hold-runs')),
    }),
  show: showAnalysis,
  missed: missedTargets,
});
