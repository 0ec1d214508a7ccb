import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { measureAnalysis, type AnalysisFigures } from './measure.ts';
import { showAnalysis } from './show.ts';
import { missedTargets } from './targets.ts';

const usage = `Usage: npm run bench:analysis -- [options]

Simulates rollouts of good and of bad releases and has them judged by fixed thresholds, by Mann and
Whitney's test, and by Belay's sequential test. The same seeds give the same figures anywhere.

  --runs         rollouts of a good release for the sequential test, in each scenario (default: 2000)
  --other-runs   rollouts of everything else (default: 100)`;

await runBenchmark<AnalysisFigures>({
  usage,
  defaults: { runs: '2000', 'other-runs': '100' },
  measure: ({ text }) =>
    Promise.resolve(
      measureAnalysis({
        sequential: readCount('runs', text('runs')),
        others: readCount('other-runs', text('other-runs')),
      }),
    ),
  show: showAnalysis,
  missed: missedTargets,
});
