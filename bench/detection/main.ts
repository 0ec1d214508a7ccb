import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable } from '../report/tell.ts';
import { withSystem } from '../system/with-system.ts';
import {
  measureDetections,
  mostExposed,
  mostFailed,
  type DetectionFigures,
} from './measure-detections.ts';

const usage = `Usage: npm run bench:detection -- [options]

Rolls releases out at 20 % of a constant load, judged by the sequential test against stable, on the
local platform: bad ones, counting what their callers met until they had no traffic, and good ones.

  --repetitions  bad releases, which fail 5 % of their requests, beside a stable one without errors;
                 and as many good ones, which fail 0.5 % as stable does (default: 10)
  --rate         requests a second (default: 200)`;

await runBenchmark<DetectionFigures>({
  usage,
  defaults: { repetitions: '10', rate: '200' },
  measure: ({ origin, text }) => {
    const plan = {
      repetitions: readCount('repetitions', text('repetitions')),
      requestsPerSecond: readCount('rate', text('rate')),
    };
    return withSystem({ origin }, (system) => measureDetections(system, plan));
  },
  show,
  missed: ({ bad, good }) => [
    ...(bad.exposed.p50 <= mostExposed
      ? []
      : [`${bad.exposed.p50} requests in the median; at most ${mostExposed}`]),
    ...(bad.failed.p50 <= mostFailed
      ? []
      : [`${bad.failed.p50} failed in the median; at most ${mostFailed}`]),
    ...(bad.undone < bad.of ? [`${bad.of - bad.undone} bad releases were not undone`] : []),
    ...(good.promoted < good.of
      ? [`${good.of - good.promoted} good releases were not promoted`]
      : []),
  ],
});

function show({ bad, good }: DetectionFigures): void {
  print(`Bad releases: ${bad.undone} of ${bad.of} undone. Until the canary's last answer:`);
  const row = (name: string, { p50, max }: DetectionFigures['bad']['exposed']) => [
    name,
    ms(p50),
    ms(max),
  ];
  printTable([
    ['', 'median', 'most'],
    row('requests of the canary', bad.exposed),
    row('failed', bad.failed),
  ]);
  for (const reason of bad.reasons) print(`  ${reason}`);
  print(`Good releases: ${good.promoted} of ${good.of} promoted.`);
  for (const reason of good.reasons) print(`  ${reason}`);
}
