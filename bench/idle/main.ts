import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { print, printTable } from '../report/tell.ts';
import { idleFamilies } from './idle-families.ts';
import { measureIdleWorkflows, type IdleFigures } from './measure-idle-workflows.ts';

const usage = `Usage: npm run bench:idle -- [options]

Measures the memory that an idle workflow of each family takes in a worker: the growth of the heap
after a garbage collection, in one process that runs workflows in its main thread.

  --count        idle workflows of each row (default: 200)`;

/** Of an idle rollout; what it took before there was more than one family. */
const targetKib = 337;
const targetFamily = 'rollouts';

await runBenchmark<IdleFigures[]>({
  usage,
  defaults: { count: '200' },
  measure: async ({ text }) =>
    measureIdleWorkflows(idleFamilies, readCount('count', text('count'))),
  show: (all) => {
    printTable([
      ['family', 'idle', 'KiB each'],
      ...all.map(({ family, what, kibEach }) => [family, what, kibEach.toFixed(0)]),
    ]);
    print(`Target of ${targetFamily}: at most ${targetKib} KiB.`);
  },
  missed: (all) =>
    all.flatMap(({ family, what, kibEach }) =>
      family !== targetFamily || kibEach <= targetKib
        ? []
        : [`${kibEach.toFixed(0)} KiB for each of ${what}, of ${family}; at most ${targetKib}`],
    ),
});
