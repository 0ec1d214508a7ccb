import { runBenchmark } from '../report/run-benchmark.ts';
import { measureKubernetes, type KubernetesFigures } from './measure-kubernetes.ts';
import { missedTargets } from './missed-targets.ts';
import { readPlan } from './plan.ts';
import { showFigures } from './show-figures.ts';

const usage = `Usage: npm run bench:kubernetes -- [options]

Brings many canaries out at once on a real cluster with fake pods, and counts what each asks of its
API server. On the cluster that BELAY_CLUSTER names, or on one named belay-bench that it starts.

  --parts    of floor, canaries, hold and real; several with commas (default: all)
  --floor    how many plain Deployments are updated at once, to compare with (default: 200)
  --counts   how many canaries at once; one run each (default: 1,50,200)
  --holding  how many canaries hold while requests are counted (default: 20)
  --hold     for how long (default: 60s)
  --qps      requests per second to the cluster (default: a worker's own)
  --burst    requests at once (default: a worker's own)`;

await runBenchmark<KubernetesFigures>({
  usage,
  defaults: {
    parts: 'all',
    floor: '200',
    counts: '1,50,200',
    holding: '20',
    hold: '60s',
    qps: '',
    burst: '',
  },
  measure: ({ origin, text }) => measureKubernetes(origin, readPlan(text)),
  show: showFigures,
  missed: missedTargets,
});
