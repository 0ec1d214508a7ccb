import { readCount, WrongOption } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { measureChaos, parts, type ChaosFigures, type Part } from './measure-chaos.ts';
import { showChaos } from './show-chaos.ts';
import { missedTargets } from './targets.ts';

const usage = `Usage: npm run bench:chaos -- [options]

What chaos costs, how fast it ends, and whether its verdicts can be believed:

  alike        experiments whose fault does nothing: none may end as Failed (simulated)
  latency      how many requests it takes to tell a delay from the control (simulated)
  planted      injectors that say they are done and did nothing: each has to be NotInjected
  unrecovered  targets that never do their work again: each has to be Failed
  halts        from a halt, and from the safety lever, to the last request that was disturbed
  kills        SIGKILL of agents, worker, server and all of them while each fault is there. Needs root,
               and network namespaces; without these, faults of networks are left out, and without
               a Toxiproxy (built with Go) those of proxies

  --only         parts, separated by commas (default: all)
  --open         how many experiments are open, the halted one included (default: 100)
  --repetitions  halts (default: 25)
  --levers       times that the lever is engaged (default: 5)
  --rate         requests a second at the service that is disturbed (default: 200)
  --runs         simulated experiments of each kind (default: 200)`;

await runBenchmark<ChaosFigures>({
  usage,
  defaults: {
    ...{ only: parts.join(','), open: '100', repetitions: '25', levers: '5' },
    ...{ rate: '200', runs: '200' },
  },
  measure: ({ origin, text }) => {
    const count = (option: string) => readCount(option, text(option));
    return measureChaos({
      ...{ only: readParts(text('only')), origin, runs: count('runs') },
      halts: {
        ...{ open: count('open'), repetitions: count('repetitions'), levers: count('levers') },
        requestsPerSecond: count('rate'),
      },
    });
  },
  show: showChaos,
  missed: missedTargets,
});

function readParts(text: string): Part[] {
  const given = text.split(',');
  const known = parts.filter((part) => given.includes(part));
  if (known.length === given.length) return known;
  throw new WrongOption(`--only takes parts of ${parts.join(',')}, not "${text}".`);
}
