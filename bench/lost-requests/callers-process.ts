/** The clients of one shop, in a separate process, so that the measurement does not delay them. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setPriority } from 'node:os';
import { startLoad, type LoadCounts } from '../../scripts/load/load-client.ts';
import type { CallerAddress } from './callers.ts';

export interface CallersOrder {
  addresses: CallerAddress[];
  /** The rate of each. */
  ratePerSecond: number;
  /** The version whose responses are recorded one by one. */
  noted: string;
}

/** The results of each client so far, in the order of the addresses. */
export interface CallersSeen {
  callers: { counts: LoadCounts; notedAtMs: number[] }[];
  /** The longest time for which this process could not run. */
  heldUpMs: number;
  isLast: boolean;
}

const everyMs = 200;
const aheadOfOthers = -5;

/** A client that waits for the CPU would blame the service for it. */
function goAhead(): void {
  try {
    setPriority(aheadOfOthers);
  } catch {
    // Without the permission, the figures show how long it was delayed.
  }
}

function run({ addresses, ratePerSecond, noted }: CallersOrder): void {
  const delay = monitorEventLoopDelay();
  delay.enable();
  const callers = addresses.map(({ url, connections }) => {
    const notedAtMs: number[] = [];
    const onAnswer = (version: string, atMs: number) => {
      if (version === noted) notedAtMs.push(atMs);
    };
    const keepAlive = connections === 'kept';
    return {
      notedAtMs,
      load: startLoad({ url, ratePerSecond, keepAlive, repeats: true, onAnswer }),
    };
  });
  const report = (isLast: boolean, told?: () => void) => {
    const seen: CallersSeen = {
      callers: callers.map(({ load, notedAtMs }) => ({ counts: load.counts, notedAtMs })),
      heldUpMs: Math.round(delay.max / 1e6),
      isLast,
    };
    process.send?.(seen, undefined, undefined, told);
  };
  const timer = setInterval(() => report(false), everyMs);
  process.once('message', () => {
    clearInterval(timer);
    void Promise.all(callers.map(({ load }) => load.stop())).then(() =>
      report(true, () => process.disconnect()),
    );
  });
}

goAhead();
run(JSON.parse(process.argv[2] ?? '') as CallersOrder);
