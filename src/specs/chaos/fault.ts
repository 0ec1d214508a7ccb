import { formatDuration } from '../kernel/duration.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { choice, mapping, number, wholeNumber } from '../kernel/written.ts';

/** What an agent of a host can inject. */
export const hostFaultTypes = ['freeze', 'crash', 'cpu'] as const;

export type HostFaultType = (typeof hostFaultTypes)[number];

/** What is injected. Everything about it is fixed before the experiment begins. */
export type HostFault =
  /** The process is stopped (SIGSTOP), and goes on afterwards. */
  | { type: 'freeze' }
  /** The process is killed (SIGKILL), once. Whoever supervises it starts it again. */
  | { type: 'crash' }
  /** So many processes compete for CPUs, each busy for this share of the time. */
  | { type: 'cpu'; load: number; workers: number };

/** Below this, it would be over before it could be seen. */
const leastMs: Readonly<Record<HostFaultType, number>> = {
  freeze: 2_000,
  crash: 2_000,
  cpu: 5_000,
};

/** Faults that are there or not: there is no half of them. */
const wholeFaults: readonly unknown[] = ['freeze', 'crash'];

export const faultSchema = mapping(
  {
    type: choice(hostFaultTypes).describe('freeze, crash or cpu.'),
    intensity: number(0, 1)
      .prefault(1)
      .describe('From 0 to 1; of cpu, how busy each of its workers is. Default: 1.'),
    workers: wholeNumber(1, 64)
      .exactOptional()
      .describe('Of cpu: how many processes compete. Default: 1.'),
  },
  {
    name: 'write type',
    kind: 'write type',
    duration: 'write duration beside the fault, not in it',
    target: 'write target beside the fault, not in it',
  },
)
  .check(judgedBy(judgeFault))
  .transform(({ type, intensity, workers = 1 }): HostFault => {
    if (type === 'cpu') return { type, load: intensity, workers };
    return { type };
  });

function judgeFault({ type, intensity, workers }: Unfinished): Finding[] {
  const isWhole = wholeFaults.includes(type);
  return [
    ...(intensity === 0
      ? [{ path: ['intensity'], message: '0 injects nothing; write more than 0, at most 1' }]
      : []),
    ...(isWhole && typeof intensity === 'number' && intensity > 0 && intensity < 1
      ? [
          {
            path: ['intensity'],
            message: `${intensity} is not accepted; a ${String(type)} is there or not: write 1, or leave it out`,
          },
        ]
      : []),
    ...(isWhole && workers !== undefined
      ? [{ path: ['workers'], message: `is of cpu alone; a ${String(type)} has none` }]
      : []),
  ];
}

/** Why this fault cannot last so long; undefined where it can. */
export function refuseDurationOf(type: unknown, durationMs: unknown): string | undefined {
  const least = hostFaultTypes.find((each) => each === type);
  if (least === undefined || typeof durationMs !== 'number') return undefined;
  if (durationMs >= leastMs[least]) return undefined;
  return `${formatDuration(durationMs)} is too short for ${least}; at least ${formatDuration(leastMs[least])}`;
}
