import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCpuSeconds } from '../measures/process-cpu.ts';
import { readMemory } from '../measures/process-memory.ts';
import { actionsBetween, readServerActions, totalOf } from '../measures/server-actions.ts';
import { until } from '../measures/until.ts';
import { progress } from '../report/tell.ts';
import { BelayCommand, type BelayOrigin } from '../system/belay-command.ts';
import { withSystem } from '../system/with-system.ts';
import { monitorOf, routeOf } from './fill-minutes.ts';
import { listen, listenBefore } from './http-servers.ts';
import { PrometheusServer } from './prometheus-server.ts';
import { readMinutes } from './read-minutes.ts';

export interface MonitorFigures {
  objectives: number;
  minutes: number;
  /** Asked of Prometheus, each minute. */
  requests: number[];
  /** Of one core, of the worker's whole process. */
  cpuShare: number;
  rssMb: number;
  /** Counted at the server. */
  actions: number;
  actionsPerDay: number;
  /** Minutes of all objectives that were counted, of those that should have been. */
  counted: number;
  expected: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** One monitor of so many objectives in `belay up`, with a real Prometheus, for so many minutes. */
export async function measureMonitor(
  origin: BelayOrigin,
  { objectives, minutes, executable }: { objectives: number; minutes: number; executable: string },
): Promise<MonitorFigures> {
  let rounds = 0;
  const exporter = await listen((_, answer) => {
    rounds += 1;
    const lines = Array.from({ length: objectives }, (__, index) => {
      const of = `bench_requests_total{route="${routeOf(index)}"`;
      return `${of},code="200"} ${rounds * 100}\n${of},code="500"} ${Math.floor(rounds / 100)}`;
    });
    const start = `process_start_time_seconds ${Math.floor(Date.now() / 1_000) - 86_400}`;
    answer.end(`${lines.join('\n')}\n${start}\n`);
  });
  const prometheus = await PrometheusServer.start({
    ...{ executable, target: exporter.address, every: '15s' },
  });
  const asked: number[] = [];
  const meter = await listenBefore(
    () => prometheus.url,
    () => asked.push(Date.now()),
  );
  const settings = { BELAY_PROMETHEUS_URL: `http://${meter.address}` };
  try {
    return await withSystem({ origin, settings }, async (system) => {
      const belay = new BelayCommand(origin, system.env as Record<string, string>);
      const file = join(system.config.home, 'monitor.json');
      await writeFile(file, JSON.stringify(writtenMonitor(objectives)));
      await belay.run(['slo', 'run', '-f', file]);
      progress('waiting until it measures');
      await until('the monitor measures', () => Promise.resolve(asked.length > 0));
      await sleep(2.5 * minuteMs);
      const worker = await system.pidOf('worker');
      const metricsUrl = await system.metricsUrl();
      const namespace = system.client.options.namespace;
      const [before, beganMs] = [await readServerActions(metricsUrl, namespace), Date.now()];
      const cpu = await readCpuSeconds(worker);
      progress(`measuring for ${minutes} minutes`);
      await sleep(minutes * minuteMs);
      const usedSeconds = (await readCpuSeconds(worker)) - cpu;
      const tookMs = Date.now() - beganMs;
      const actions = totalOf(
        actionsBetween(before, await readServerActions(metricsUrl, namespace)),
      );
      const from = Math.ceil(beganMs / minuteMs) * minuteMs;
      const requests = Array.from(
        { length: minutes - 1 },
        (_, index) =>
          asked.filter(
            (atMs) => atMs >= from + index * minuteMs && atMs < from + (index + 1) * minuteMs,
          ).length,
      );
      const untilMs = from + (minutes - 3) * minuteMs;
      const found = await readMinutes(system.config.home, 'bench', { fromMs: from, untilMs });
      const counted = [...found.values()]
        .flat()
        .filter(({ quality }) => quality === 'counted').length;
      return {
        ...{ objectives, minutes, requests, actions },
        cpuShare: usedSeconds / (tookMs / 1_000),
        rssMb: (await readMemory(worker)).rssMb,
        actionsPerDay: Math.round((actions * dayMs) / tookMs),
        ...{ counted, expected: objectives * (minutes - 3) },
      };
    });
  } finally {
    await meter.close();
    await prometheus.remove();
    await exporter.close();
  }
}

function writtenMonitor(count: number): object {
  const { environment, objectives } = monitorOf(count);
  return {
    ...{ kind: 'sloMonitor', environment },
    objectives: objectives.map(({ name, service, source }) => ({
      ...{ name, service, indicator: 'availability' },
      prometheus:
        source.of === 'prometheus' ? { total: source.total, bad: source.part?.selector } : {},
    })),
  };
}
