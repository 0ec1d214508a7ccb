import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../scripts/load/load-client.ts';
import { homeLayout } from '../../src/config/home.ts';
import { minuteMs, minuteOf, type Minute } from '../../src/contracts/objectives/minute.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import * as z from 'zod';
import { progress } from '../report/tell.ts';
import { BelayCommand, type BelayOrigin } from '../system/belay-command.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { firstRelease, serviceNamed, startCanary } from '../system/services.ts';
import { withSystem } from '../system/with-system.ts';
import { listenBefore } from './http-servers.ts';
import { PrometheusServer } from './prometheus-server.ts';
import { readMinutes } from './read-minutes.ts';

/** What callers counted by themselves in a minute: answers, and those of them with a 5xx. */
export interface CallersMinute {
  atMs: number;
  total: number;
  bad: number;
  /** What was done to Belay or to Prometheus in it. */
  disturbance?: string;
}

export interface ComparedMinute extends CallersMinute {
  /** By objective; absent: no such minute. */
  kept: Record<string, Minute | undefined>;
}

export interface TrafficFigures {
  minutes: ComparedMinute[];
  /** Of each objective, how many minutes are equal, marked, or differ without being marked. */
  compared: Record<string, { equal: number; marked: number; silent: number; requests: number }>;
}

const sources = ['router', 'prometheus'] as const;
const ratePerSecond = 40;
/** Counters are read at the ends of minutes: nobody calls for a moment before and after. */
const quiet = { afterMs: 4_000, beforeMs: 6_000 };

/** A service in its own process that fails now and then. */
const failing = (version: string, percent: number) => ({
  version,
  command: [process.execPath, 'examples/shop/server.js'],
  env: { VERSION: version, ERROR_RATE: String(percent / 100) },
});

/** Callers on one side, minutes on the other, while what measures is disturbed. */
export async function countTraffic(
  origin: BelayOrigin,
  { minutes, executable }: { minutes: number; executable: string },
): Promise<TrafficFigures> {
  let router = 'http://127.0.0.1:1';
  const door = await listenBefore(() => router);
  const prometheus = await PrometheusServer.start({
    ...{ executable, target: door.address, every: '1s' },
  });
  const settings = { BELAY_PROMETHEUS_URL: prometheus.url };
  try {
    return await withSystem({ origin, settings }, async (system) => {
      router = await platformOf(system);
      const shop = serviceNamed('shop');
      const url = await firstRelease(system, shop, failing('v1', 3));
      const belay = new BelayCommand(origin, system.env as Record<string, string>);
      const file = join(system.config.home, 'monitor.json');
      await writeFile(file, JSON.stringify(monitor));
      await belay.run(['slo', 'run', '-f', file]);
      const disturb = disturbances(system, prometheus);
      const counted: CallersMinute[] = [];
      await sleep(minuteOf(Date.now()) + minuteMs - Date.now());
      for (let index = 0; index < minutes; index++) {
        const atMs = minuteOf(Date.now());
        const [name, act] = disturb(index);
        progress(`minute ${index + 1} of ${minutes}${name === undefined ? '' : `: ${name}`}`);
        const [callers] = await Promise.all([callFor(url, atMs), actIn(atMs, act)]);
        counted.push({ atMs, ...callers, ...(name !== undefined && { disturbance: name }) });
        await sleep(Math.max(0, atMs + minuteMs - Date.now()));
      }
      progress('waiting until the last minutes are read');
      await sleep(3 * minuteMs);
      const [first, last] = [counted[0]?.atMs ?? 0, counted.at(-1)?.atMs ?? 0];
      const span = { fromMs: first, untilMs: last + minuteMs };
      const kept = await readMinutes(system.config.home, 'bench', span);
      return compare(counted, kept);
    });
  } finally {
    await prometheus.remove();
    await door.close();
  }
}

const monitor = {
  ...{ kind: 'sloMonitor', environment: 'bench', lag: '5s' },
  objectives: [
    { name: 'router', service: 'shop', indicator: 'availability', window: '1h', platform: 'local' },
    {
      ...{ name: 'prometheus', service: 'shop', indicator: 'availability', window: '1h' },
      prometheus: {
        total: 'belay_router_requests_total{service="shop"}',
        bad: 'belay_router_requests_total{service="shop",code=~"5.."}',
      },
    },
  ],
};

const platformRun = z.object({ url: z.string() });

async function platformOf({ config }: MeasuredSystem): Promise<string> {
  const known = await readRunFile(homeLayout(config.home).platformRun, platformRun);
  if (known === undefined) throw new Error('`belay up` runs no local platform');
  return known.url;
}

type Disturbance = [name: string | undefined, act: () => Promise<unknown>];

/** Every other minute, in turn. */
function disturbances(
  system: MeasuredSystem,
  prometheus: PrometheusServer,
): (index: number) => Disturbance {
  let version = 1;
  const all: Disturbance[] = [
    [
      'Prometheus killed, and started again',
      async () => {
        await prometheus.kill();
        await sleep(2_000);
        await prometheus.resume();
      },
    ],
    [
      'replicas replaced by a rollout',
      () => {
        version += 1;
        const stages = [{ weight: 50, hold: '5s' }];
        const release = failing(`v${version}`, 3);
        return startCanary(system, serviceNamed('shop'), { release, stages, analysis: 'none' });
      },
    ],
    [
      'the worker killed',
      async () => {
        process.kill(await system.pidOf('worker'), 'SIGKILL');
      },
    ],
    [
      'Prometheus away until the next minute',
      async () => {
        await prometheus.kill();
        await sleep(50_000);
        await prometheus.resume();
      },
    ],
  ];
  return (index) => {
    const turn = all[Math.floor(index / 2) % all.length];
    return index % 2 === 1 && turn !== undefined ? turn : [undefined, () => Promise.resolve()];
  };
}

async function actIn(atMs: number, act: () => Promise<unknown>): Promise<void> {
  await sleep(Math.max(0, atMs + 10_000 - Date.now()));
  await act();
}

/** From a moment after the beginning of a minute until a moment before its end. */
async function callFor(url: string, atMs: number): Promise<{ total: number; bad: number }> {
  await sleep(Math.max(0, atMs + quiet.afterMs - Date.now()));
  const load = startLoad({ url, ratePerSecond, keepAlive: true });
  await sleep(Math.max(0, atMs + minuteMs - quiet.beforeMs - Date.now()));
  const { byStatus } = await load.stop();
  const answers = Object.entries(byStatus);
  const sum = (all: readonly [string, number][]) => all.reduce((so, [, count]) => so + count, 0);
  return { total: sum(answers), bad: sum(answers.filter(([status]) => status.startsWith('5'))) };
}

function compare(counted: readonly CallersMinute[], kept: Map<string, Minute[]>): TrafficFigures {
  const minutes = counted.map((callers): ComparedMinute => {
    const at = (name: string) => kept.get(name)?.find(({ atMs }) => atMs === callers.atMs);
    return { ...callers, kept: Object.fromEntries(sources.map((name) => [name, at(name)])) };
  });
  const compared = sources.map((name) => {
    const verdicts = minutes.map((each) => verdictOf(each, each.kept[name]));
    const count = (wanted: string) => verdicts.filter((verdict) => verdict === wanted).length;
    const requests = minutes.reduce((sum, { kept: { [name]: minute } }) => {
      return sum + (minute === undefined ? 0 : minute.good + minute.bad);
    }, 0);
    const of = { equal: count('equal'), marked: count('marked'), silent: count('silent') };
    return [name, { ...of, requests }] as const;
  });
  return { minutes, compared: Object.fromEntries(compared) };
}

/** A minute that is not written is no data as well. */
function verdictOf(
  { total, bad }: CallersMinute,
  minute: Minute | undefined,
): 'equal' | 'marked' | 'silent' {
  if (minute === undefined) return 'marked';
  if (minute.good + minute.bad === total && minute.bad === bad) return 'equal';
  return minute.quality === 'counted' ? 'silent' : 'marked';
}
