/** The form of `fault` in an experiment. */
import { formatDuration } from '../kernel/duration.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { size } from '../kernel/size.ts';
import { choice, duration, mapping, number, share, wholeNumber } from '../kernel/written.ts';
import { bitRate } from './bit-rate.ts';
import { faultTypes, type Fault, type FaultType } from './fault.ts';

/** Below this, it would be over before it could be seen. */
const leastMs: Readonly<Record<FaultType, number>> = {
  ...{ freeze: 2_000, crash: 2_000, cpu: 5_000, memory: 5_000, disk: 5_000 },
  ...{ loss: 5_000, partition: 5_000, error: 5_000, dns: 5_000 },
  ...{ bandwidth: 5_000, latency: 5_000, corruption: 5_000, outage: 5_000 },
};

const parameters = [
  'intensity',
  'workers',
  'direction',
  'delay',
  'jitter',
  'rate',
  'size',
  'leaveFree',
] as const;
type Parameter = (typeof parameters)[number];

interface Parameters {
  takes: readonly Parameter[];
  /** With what to write where they are not there. */
  needs?: Readonly<Partial<Record<Parameter, string>>>;
}

/** A process that takes nothing has some of it as well. */
const leastBytes = 64 * 2 ** 20;

/** Of a file system. */
const usualLeave = 0.05;

const ofShare = (of: string) => `write which share of ${of}, from 0 to 1, such as 0.3`;

/** Faults that take no intensity are there or not: there is no half of them. */
const parametersOf: Readonly<Record<FaultType, Parameters>> = {
  freeze: { takes: [] },
  crash: { takes: [] },
  cpu: { takes: ['intensity', 'workers'] },
  memory: { takes: ['size'], needs: { size: 'write how much is taken, such as 512MiB' } },
  disk: { takes: ['leaveFree'] },
  loss: {
    takes: ['intensity', 'direction'],
    needs: { intensity: ofShare('the packets is lost') },
  },
  partition: { takes: ['direction'] },
  error: {
    takes: ['intensity'],
    needs: { intensity: ofShare('the new connections is reset') },
  },
  dns: { takes: [] },
  bandwidth: { takes: ['rate'], needs: { rate: 'write what may get through, such as 1mbit' } },
  latency: {
    takes: ['delay', 'jitter'],
    needs: { delay: 'write how late each packet is, such as 200ms' },
  },
  corruption: {
    takes: ['intensity'],
    needs: { intensity: ofShare('the packets, or of the blocks of a copy, has a wrong bit') },
  },
  outage: { takes: [] },
};

export const faultSchema = mapping(
  {
    type: choice(faultTypes).describe(`One of ${faultTypes.join(', ')}.`),
    intensity: number(0, 1)
      .exactOptional()
      .describe(
        'From 0 to 1; of cpu, how busy each of its workers is (default: 1). Of loss and corruption: the share of packets; of the corruption of a copy, of its blocks. Of error: the share of new connections.',
      ),
    workers: wholeNumber(1, 64)
      .exactOptional()
      .describe('Of cpu: how many processes compete. Default: 1.'),
    direction: choice(['both', 'in', 'out'])
      .exactOptional()
      .describe('Of loss and partition: the packets that the host gets, sends, or both (default).'),
    delay: duration(1, 60_000).exactOptional().describe('Of latency: how late each packet is.'),
    jitter: duration(1, 60_000)
      .exactOptional()
      .describe('Of latency: so much more or less, at random. Default: none.'),
    size: size()
      .refine((bytes) => bytes >= leastBytes, { error: 'is too little to be seen; at least 64MiB' })
      .exactOptional()
      .describe('Of memory: how much is taken, such as 512MiB.'),
    leaveFree: share('1% to 99%', 0.01, 0.99)
      .exactOptional()
      .describe('Of disk: the share of the file system that stays free. Default: 5%.'),
    rate: bitRate().exactOptional().describe('Of bandwidth: what gets through, such as 1mbit.'),
  },
  {
    name: 'write type',
    kind: 'write type',
    duration: 'write duration beside the fault, not in it',
    target: 'write target beside the fault, not in it',
    peers: 'write it in chaos.networks of the settings of the agent',
    ports: 'write it in chaos.networks of the settings of the agent',
    percent: 'write intensity',
    bytes: 'write size',
    fill: 'write leaveFree: what stays free',
    latency: 'write delay',
  },
)
  .check(judgedBy(judgeFault))
  .transform(({ type, intensity = 1, workers = 1, direction = 'both', ...more }): Fault => {
    switch (type) {
      case 'cpu':
        return { type, load: intensity, workers };
      case 'loss':
        return { type, share: intensity, direction };
      case 'partition':
        return { type, direction };
      case 'error':
      case 'corruption':
        return { type, share: intensity };
      case 'bandwidth':
        return { type, kbitPerSecond: more.rate ?? 0 };
      case 'memory':
        return { type, bytes: more.size ?? 0 };
      case 'disk':
        return { type, leave: more.leaveFree ?? usualLeave };
      case 'latency':
        return { type, delayMs: more.delay ?? 0, jitterMs: more.jitter ?? 0 };
      case 'freeze':
      case 'crash':
      case 'dns':
      case 'outage':
        return { type };
    }
  });

function judgeFault(given: Unfinished): Finding[] {
  const { intensity, delay, jitter } = given;
  const type = faultTypes.find((each) => each === given['type']);
  const isLate =
    type === 'latency' && typeof delay === 'number' && typeof jitter === 'number' && jitter > delay;
  return [
    ...(intensity === 0
      ? [{ path: ['intensity'], message: '0 injects nothing; write more than 0, at most 1' }]
      : []),
    ...(type === undefined ? [] : judgeParameters(type, given)),
    ...(isLate
      ? [
          {
            path: ['jitter'],
            message: `${formatDuration(jitter)} is more than delay, ${formatDuration(delay)}: no packet arrives before it was sent`,
          },
        ]
      : []),
  ];
}

function judgeParameters(type: FaultType, given: Unfinished): Finding[] {
  const { takes, needs = {} } = parametersOf[type];
  const foreign = parameters.filter((key) => given[key] !== undefined && !takes.includes(key));
  const missing = Object.entries(needs).filter(([key]) => given[key] === undefined);
  return [
    ...foreign.flatMap((key) => {
      if (key === 'intensity') return judgeWhole(type, given[key]);
      return [{ path: [key], message: `is of ${ownersOf(key)} alone; ${type} has none` }];
    }),
    ...missing.map(([key, message]) => ({ path: [key], message })),
  ];
}

/** A whole one may be written. */
function judgeWhole(type: FaultType, intensity: unknown): Finding[] {
  if (typeof intensity !== 'number' || intensity <= 0 || intensity >= 1) return [];
  const message = `${intensity} is not accepted; ${type} is there or not: write 1, or leave it out`;
  return [{ path: ['intensity'], message }];
}

function ownersOf(key: Parameter): string {
  return faultTypes.filter((type) => parametersOf[type].takes.includes(key)).join(' and ');
}

/** Why this fault cannot last so long; undefined where it can. */
export function refuseDurationOf(type: unknown, durationMs: unknown): string | undefined {
  const least = faultTypes.find((each) => each === type);
  if (least === undefined || typeof durationMs !== 'number') return undefined;
  if (durationMs >= leastMs[least]) return undefined;
  return `${formatDuration(durationMs)} is too short for ${least}; at least ${formatDuration(leastMs[least])}`;
}
