import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ObjectiveMonitor } from '../../activities/objectives/support/objective-monitor.ts';
import { createWorkerMemory } from '../../activities/objectives/support/worker-memory.ts';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import type { KeptReading } from '../../src/contracts/objectives/counter-reading.ts';
import { measuredBy } from '../../src/policies/objectives/measured-by.ts';
import { progress } from '../report/tell.ts';
import { fillMinutes, monitorOf } from './fill-minutes.ts';

export interface MonthFigures {
  objectives: number;
  /** After an hour of minutes of each of these days: what is in use once garbage is collected. */
  days: { day: number; heapMb: number; cpuSecondsPerMinute: number; loadMs: number }[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/**
 * An hour of minutes on several days of a month, by a clock of its own, with a ledger that has all of the
 * month before. Sources cost nothing here: what is measured is the monitor and its ledger.
 */
export async function measureMonth(
  objectives: number,
  days: readonly number[],
): Promise<MonthFigures> {
  const home = await mkdtemp(join(tmpdir(), 'belay-slo-month-'));
  const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
  const spec = monitorOf(objectives);
  const startMs = Math.floor(Date.now() / dayMs) * dayMs - 40 * dayMs;
  const memory = createWorkerMemory()(spec.environment);
  const readAt = (atMs: number) => {
    const total = ((atMs - startMs) / minuteMs) * 100;
    return { atMs, counters: { pod: { sinceMs: 1, total, bad: total / 1e4 } } };
  };
  const figures: MonthFigures = { objectives, days: [] };
  let filledMs = startMs;
  try {
    for (const day of days) {
      const dayMsAt = startMs + day * dayMs;
      await fillMinutes(home, objectives, { fromMs: filledMs, untilMs: dayMsAt });
      filledMs = dayMsAt;
      // It goes on from there, as a monitor does that was not away meanwhile.
      const readings = spec.objectives.map((objective): [string, KeptReading] => [
        objective.name,
        {
          ...{ ...readAt(dayMsAt - minuteMs), missingSinceMs: {} },
          measuredBy: measuredBy(objective),
        },
      ]);
      await ledger.objectives.writeReadings(spec.environment, new Map(readings));
      let nowMs = dayMsAt;
      let looks = 0;
      let firstLookAt = 0;
      const beganAt = performance.now();
      const before = process.cpuUsage();
      const order = { spec, forMs: hourMs, told: [] };
      const monitor = new ObjectiveMonitor(order, {
        store: ledger.objectives,
        ...{ ledger, memory, attemptAtMs: nowMs },
        readers: {
          readPast: (_, __, atMs) => Promise.resolve(readAt(atMs)),
          readPresent: () => Promise.reject(new Error('nothing is on the local platform')),
          probe: () => Promise.resolve(true),
        },
        now: () => nowMs,
        sleep: async (ms) => {
          if (looks === 0) firstLookAt = performance.now();
          looks += 1;
          nowMs += ms;
          await new Promise((resolve) => setImmediate(resolve));
        },
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        signal: new AbortController().signal,
        onLook: () => undefined,
        warn: (message) => progress(message),
      });
      await monitor.watch();
      const { user, system } = process.cpuUsage(before);
      collectGarbage();
      figures.days.push({
        day,
        heapMb: Math.round(process.memoryUsage().heapUsed / 1e5) / 10,
        cpuSecondsPerMinute: (user + system) / 1e6 / Math.max(1, looks),
        loadMs: firstLookAt - beganAt,
      });
      progress(JSON.stringify(figures.days.at(-1)));
    }
    return figures;
  } finally {
    await ledger.close();
    await rm(home, { recursive: true, force: true });
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
}
