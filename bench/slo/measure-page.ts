import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caches } from '../../src/adapters/caches/caches.ts';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { collectPage } from '../../src/cli/status-page/collect-page.ts';
import { dayCache, keepDays } from '../../src/cli/status-page/past-days.ts';
import type { ObjectiveStore } from '../../src/contracts/objectives/objective-store.ts';
import { progress } from '../report/tell.ts';
import { fillMinutes, monitorOf } from './fill-minutes.ts';

export interface PageFigures {
  objectives: number;
  days: number;
  /** Of each build: without a cache, and with one that is empty at first. */
  without: BuildFigures[];
  cached: BuildFigures[];
}

interface BuildFigures {
  /** Statements that added up hours and minutes. */
  sums: number;
  tookMs: number;
}

const dayMs = 86_400_000;
const builds = 5;

/** What building a status page again and again asks of the ledger. */
export async function measurePage({
  objectives,
  days,
}: Pick<PageFigures, 'objectives' | 'days'>): Promise<PageFigures> {
  const home = await mkdtemp(join(tmpdir(), 'belay-slo-page-'));
  const untilMs = Math.floor(Date.now() / dayMs) * dayMs;
  progress(`writing ${days} days of ${objectives} objectives`);
  await fillMinutes(home, objectives, { fromMs: untilMs - days * dayMs, untilMs });
  const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
  const caches = new Caches({ entries: 1_000, keptMs: 3_600_000 });
  try {
    const { environment, ...spec } = monitorOf(objectives);
    await ledger.objectives.writeState({ environment, atMs: Date.now(), standings: [], spec });
    const names = [...new Set(spec.objectives.map(({ service }) => service))];
    const page = {
      ...{ name: 'Acme', environment, zone: 'UTC', days },
      services: names.map((service) => ({ service, name: service })),
    };
    const cache = caches.open(dayCache);
    const measure = async (isCached: boolean): Promise<BuildFigures> => {
      const counted = countSums(ledger.objectives);
      const nowMs = Date.now();
      const beganAt = performance.now();
      await collectPage(page, counted.store, {
        ...{ incidents: [], nowMs },
        ...(isCached && { readDays: keepDays(cache, nowMs) }),
      });
      return { sums: counted.sums(), tookMs: performance.now() - beganAt };
    };
    const repeat = async (isCached: boolean) => {
      const all: BuildFigures[] = [];
      for (let i = 0; i < builds; i++) all.push(await measure(isCached));
      return all;
    };
    progress('building the page');
    return { objectives, days, without: await repeat(false), cached: await repeat(true) };
  } finally {
    caches.close();
    await ledger.close();
    await rm(home, { recursive: true, force: true });
  }
}

function countSums(store: ObjectiveStore): { store: ObjectiveStore; sums: () => number } {
  let sums = 0;
  const counted: ObjectiveStore = {
    ...store,
    sumHours: (filter) => {
      sums += 1;
      return store.sumHours(filter);
    },
    listMinutes: (filter) => {
      sums += 1;
      return store.listMinutes(filter);
    },
  };
  return { store: counted, sums: () => sums };
}
