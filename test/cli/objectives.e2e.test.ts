import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { startLoad, type Load } from '../../scripts/load/load-client.ts';
import { homeLayout } from '../../src/config/home.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { Minute } from '../../src/contracts/objectives/minute.ts';
import type { MonitorState } from '../../src/contracts/objectives/objective-store.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { eventually } from '../fixtures/eventually.ts';
import { ledgerAt } from '../fixtures/ledger-at.ts';
import { Gate } from '../prometheus/gate.ts';
import { PrometheusProcess } from '../prometheus/prometheus-process.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { OneMachine } from './one-machine.ts';

const executable = await providePrometheus(loadConfig().cache);
/** Three minutes have to end, and be judged. */
const longestMs = 300_000;

describe.skipIf(executable === undefined)('objectives on one machine', () => {
  const router = new Gate('');
  let prometheus: PrometheusProcess;
  let machine: OneMachine;
  let load: Load;

  beforeAll(async () => {
    router.mode = 'closed';
    prometheus = new PrometheusProcess({
      ...{ executable: executable ?? '', scrapeEvery: '1s' },
      jobs: { belay: await router.open() },
    });
    await prometheus.start();
    machine = await OneMachine.start({ BELAY_PROMETHEUS_URL: prometheus.address });
    const home = homeLayout(join(machine.folder, 'home'));
    const { url } = JSON.parse(await readFile(home.platformRun, 'utf8')) as { url: string };
    router.to = url;
    router.mode = 'open';
    const deployed = await machine.belay(['deploy', '-f', await write('v1', release('v1')), '-w']);
    expect(deployed.exitCode, deployed.stdout + deployed.stderr).toBe(0);
    const status = await machine.json<{ service: { url: string } }>(['status', 'demo/shop']);
    load = startLoad({ url: status.service.url, ratePerSecond: 20, keepAlive: true });
  }, 240_000);

  afterAll(async () => {
    await load.stop();
    await machine.stop();
    await prometheus.clear();
    await router.close();
  });

  const workerPid = async (): Promise<number> => {
    const files = await readdir(join(machine.folder, 'home', 'run'));
    const [pid] = files.flatMap((file) => /^worker-(\d+)[.]json$/.exec(file)?.[1] ?? []);
    if (pid === undefined) throw new Error('no worker runs');
    return Number(pid);
  };

  const release = (version: string) => ({
    ...{ kind: 'canary', environment: 'demo', service: 'shop', replicas: 1 },
    target: { platform: 'local' },
    // Every request fails.
    ...{ release: { version, inProcess: { status: 500 } }, analysis: 'none' },
    stages: [{ weight: 50, hold: '1s' }],
  });

  const write = async (name: string, spec: object): Promise<string> => {
    const file = join(machine.folder, `${name}.yaml`);
    await writeFile(file, stringify(spec));
    return file;
  };

  const monitor = {
    ...{ kind: 'sloMonitor', environment: 'demo', lag: '5s' },
    objectives: [
      {
        ...{ name: 'answers', service: 'shop', indicator: 'availability', window: '5m' },
        ...{ platform: 'local', budgetGate: true },
      },
      {
        ...{ name: 'counted', service: 'shop', indicator: 'availability', window: '5m' },
        prometheus: {
          total: 'belay_router_requests_total{service="shop"}',
          bad: 'belay_router_requests_total{service="shop",code=~"5.."}',
        },
      },
    ],
  };

  it('are refused with every problem, and where the source has no such series', async () => {
    const [answers, counted] = monitor.objectives;
    const wrong = { ...monitor, objectives: [{ ...answers, target: '100%' }] };
    const refused = await machine.belay(['slo', 'check', await write('wrong', wrong)]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stdout).toContain('leaves no error budget');
    const total = 'belay_router_requests_total{service="shpo"}';
    const renamed = {
      ...monitor,
      objectives: [{ ...counted, prometheus: { total, bad: `${total.slice(0, -1)},code="500"}` } }],
    };
    const file = await write('renamed', renamed);
    expect((await machine.belay(['slo', 'check', file])).exitCode).toBe(0);
    const asked = await machine.belay(['slo', 'check', '--ask', file]);
    expect(asked.stdout).toContain('no series match');
    expect(asked.exitCode).toBe(2);
  });

  const minutes = async (): Promise<Map<string, Minute[]>> => {
    const ledger = ledgerAt(join(machine.folder, 'home'));
    const filter = { environment: 'demo', fromMs: 0, untilMs: Date.now() };
    return ledger.objectives.listMinutes(filter).finally(() => ledger.close());
  };
  const known = async (name: string) => (await minutes()).get(name) ?? [];
  /** When the worker was killed. */
  let killed = { atMs: Infinity, known: Infinity };

  it(
    'are measured from both sources, breached, and stop a rollout until somebody overrides it',
    async () => {
      const file = await write('monitor', monitor);
      const started = await machine.belay(['slo', 'run', '-f', file]);
      expect(started.exitCode, started.stdout + started.stderr).toBe(0);
      await eventually(async () => {
        const [state] = await machine.json<MonitorState[]>(['slo', 'status', '-e', 'demo']);
        expect(state?.standings.map(({ verdict }) => verdict)).toEqual(['breached', 'breached']);
      }, longestMs);
      const status = await machine.belay(['slo', 'status', '-e', 'demo']);
      expect(status.exitCode).toBe(1);
      expect(status.stdout).toMatch(/answers +shop +BREACHED, certainly +0% +99.9%/);
      expect((await machine.belay(['slo', 'budget', '-e', 'demo'])).stdout).toContain('(empty)');
      // The next minutes pass while rollouts are tried.
      killed = { atMs: Date.now(), known: (await known('counted')).length };
      process.kill(await workerPid(), 'SIGKILL');

      const next = await write('v2', release('v2'));
      const stopped = await machine.belay(['deploy', '-f', next]);
      expect(stopped.exitCode).toBe(1);
      expect(stopped.stderr).toContain('The error budget of answers (shop) is empty');
      expect((await machine.belay(['deploy', '-f', next, '--override-budget'])).exitCode).toBe(2);
      const why = 'it is the fix';
      const override = ['--override-budget', '--why', why, '--as', 'ana', '--watch'];
      // The run that was refused writes its report for a moment.
      await eventually(async () => {
        const forced = await machine.belay(['deploy', '-f', next, ...override]);
        expect(forced.exitCode, forced.stdout + forced.stderr).toBe(0);
      }, longestMs);
      const report = await machine.json<RunReport>(['report', 'demo/shop']);
      expect(report.notes.join()).toContain(`ana overrides it, because "${why}"`);
    },
    longestMs + 60_000,
  );

  it(
    'leave no minute out where their worker was killed, and say why where one has no data',
    async () => {
      // That in which it was killed, and one that began since.
      await eventually(async () => {
        const all = await known('counted');
        expect(all.length).toBeGreaterThan(killed.known + 1);
        expect(all.at(-1)?.atMs).toBeGreaterThan(killed.atMs);
      }, longestMs);
      const counted = await known('counted');
      const silent = counted.filter(({ quality }) => quality === 'none');
      expect(silent.every(({ why }) => why !== undefined)).toBe(true);
      // A minute of which the source knows the end alone is none.
      const begun = counted.findIndex(({ quality }) => quality !== 'none');
      const times = counted.slice(begun).map(({ atMs }) => atMs);
      expect(times).toEqual(times.map((_, index) => (times[0] ?? 0) + index * 60_000));
      const stopped = await machine.belay(['abort', 'slo-monitor/demo/objectives']);
      expect(stopped.exitCode, stopped.stdout + stopped.stderr).toBe(0);
    },
    longestMs,
  );
});
