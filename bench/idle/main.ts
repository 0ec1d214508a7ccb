import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { idleFamilies } from './idle-families.ts';
import { measureIdleWorkflows, type IdleFigures } from './measure-idle-workflows.ts';
import { missedByIdle, showIdle } from './show-idle.ts';

const usage = `Usage: npm run bench:idle -- [options]

Measures the memory that an idle workflow of each family takes in a worker: the growth of the heap
after a garbage collection, in one process that runs workflows in its main thread.

  --count        idle workflows of each row (default: 200)`;

await runBenchmark<IdleFigures[]>({
  usage,
  defaults: { count: '200' },
  measure: async ({ text }) =>
    measureIdleWorkflows(idleFamilies, readCount('count', text('count'))),
  show: showIdle,
  missed: missedByIdle,
});
