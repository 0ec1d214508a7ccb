import { readCount, WrongOption } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { ms, print, printTable } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { withSystem } from '../system/with-system.ts';
import type { DetectionGround } from './ground.ts';
import { withKubernetesGround } from './kubernetes-ground.ts';
import { localGround } from './local-ground.ts';
import {
  measureDetections,
  mostExposed,
  mostFailed,
  type DetectionFigures,
} from './measure-detections.ts';

const usage = `Usage: npm run bench:detection -- [options]

Rolls releases out at 20 % of a constant load, judged by the sequential test against stable: bad
ones, counting what their callers met until they had no traffic, and good ones.

  --platform     local, or kubernetes: the cluster that BELAY_CLUSTER names, or one named
                 belay-detection, through its Gateway (default: local)
  --repetitions  bad releases, which fail 5 % of their requests, beside a stable one without errors;
                 and as many good ones, which fail 0.5 % as stable does (default: 10)
  --rate         requests a second (default: 200)
  --interval     time between two looks (default: 250ms)`;

await runBenchmark<DetectionFigures>({
  usage,
  defaults: { platform: 'local', repetitions: '10', rate: '200', interval: '250ms' },
  measure: ({ origin, text }) => {
    const plan = {
      repetitions: readCount('repetitions', text('repetitions')),
      requestsPerSecond: readCount('rate', text('rate')),
      interval: text('interval'),
    };
    return withGround(text('platform'), origin, (ground) => measureDetections(ground, plan));
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

function withGround<T>(
  platform: string,
  origin: BelayOrigin,
  measure: (ground: DetectionGround) => Promise<T>,
): Promise<T> {
  switch (platform) {
    case 'local':
      return withSystem({ origin }, (system) => measure(localGround(system)));
    case 'kubernetes':
      return withKubernetesGround(measure);
    default:
      throw new WrongOption(`--platform takes local or kubernetes, not "${platform}".`);
  }
}

function show({ bad, good }: DetectionFigures): void {
  print(`Bad releases: ${bad.undone} of ${bad.of} undone. Until the canary's last response:`);
  const row = (name: string, { p50, max }: DetectionFigures['bad']['exposed']) => [
    name,
    ms(p50),
    ms(max),
  ];
  printTable([
    ['', 'median', 'most'],
    row('requests of the canary', bad.exposed),
    row('of those until the verdict', bad.exposedAtVerdict),
    row('failed', bad.failed),
    row('ms from the verdict to the last response', bad.lastAnswerMs),
  ]);
  for (const reason of bad.reasons) print(`  ${reason}`);
  print(`Good releases: ${good.promoted} of ${good.of} promoted.`);
  for (const reason of good.reasons) print(`  ${reason}`);
}
