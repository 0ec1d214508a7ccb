/** Playbooks of the examples, and one of its own, run for real: services, an agent, a Prometheus and HTTP servers. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PrometheusProcess } from '../prometheus/prometheus-process.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { OneMachine } from './one-machine.ts';

const executable = await providePrometheus(loadConfig().cache);

/** An API of somebody else, another provider of it, and the switches of the service that calls them. */
class Outside {
  isApiUp = true;
  readonly switches: Record<string, unknown> = { breaker: 'closed', route: 'api' };
  readonly keys: string[] = [];
  readonly #server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const path = request.url ?? '';
      if (path === '/metrics') return response.end(`outside_load ${this.isApiUp ? 0.2 : 0.9}\n`);
      if (path === '/api') return response.writeHead(this.isApiUp ? 200 : 503).end();
      if (path === '/alternative') return response.writeHead(200).end();
      this.keys.push(String(request.headers['idempotency-key']));
      const [, name = ''] = path.split('/');
      [this.switches[name]] = Object.values(JSON.parse(body) as Record<string, unknown>);
      return response.end('{}');
    });
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const outside = new Outside();
let url: string;
let prometheus: PrometheusProcess;
let machine: OneMachine;

beforeAll(async () => {
  if (executable === undefined) return;
  url = await outside.listen();
  prometheus = new PrometheusProcess({ executable, jobs: { outside: new URL(url).host } });
  await prometheus.start();
  machine = await OneMachine.start({
    BELAY_PLAYBOOK_HOSTS: '127.0.0.1,localhost',
    BELAY_PROMETHEUS_URL: prometheus.address,
  });
  const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
  const settings = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
  const notes = join(machine.folder, 'notes');
  settings['commands'] = {
    note: {
      description: 'Leaves a note',
      argv: ['/usr/bin/touch', '{{file}}'],
      parameters: { file: { pattern: `${notes}-[a-z]+` } },
      timeout: '10s',
    },
  };
  settings['probes'] = { noted: { command: { argv: ['/usr/bin/stat', `${notes}-done`] } } };
  await writeFile(settingsFile, stringify(settings));
  await machine.belay(['down']);
  const port = String(await freePort());
  const up = await machine.belay(['up', '--detach', '--gateway-port', port]);
  expect(up.exitCode, up.stderr).toBe(0);
}, 180_000);

afterAll(async () => {
  if (executable === undefined) return;
  await machine.stop();
  await prometheus.stop();
  outside.close();
}, 60_000);

const inputs = (values: Record<string, string>) =>
  Object.entries(values).flatMap(([name, value]) => ['-i', `${name}=${value}`]);

const example = (name: string) => `examples/playbooks/${name}.yaml`;

const play = (verb: string, file: string, values: Record<string, string>, ...more: string[]) =>
  machine.belay(['playbook', verb, '-f', file, ...inputs(values), ...more]);

const reportOf = async (name: string) => {
  const reports = await machine.json<RunReport[]>(['history', '--kind', 'playbook']);
  const found = reports.find(({ subject }) => subject.name === name);
  if (found === undefined) throw new Error(`no report of ${name}`);
  return found;
};

describe.skipIf(executable === undefined)('a playbook on real parts', () => {
  it('takes a failed deployment back, and finds nothing to do when all is well', async () => {
    const keys = { environment: 'prod', analysis: 'none', metrics: undefined };
    for (const [version, errors] of [
      ['v1', '0'],
      ['v2', '1'],
    ] as const) {
      const file = await machine.spec(version, keys, { ERROR_RATE: errors });
      const deployed = await machine.belay(['deploy', '-w', '-f', file]);
      expect(deployed.exitCode, deployed.stderr + deployed.stdout).toBe(0);
    }
    const { service } = await machine.json<{ service: { url: string } }>(['status', 'prod/shop']);
    const values = { service: 'shop', url: service.url, platform: 'local' };
    expect((await fetch(service.url)).status).toBe(500);

    const ran = await play('run', example('complete-outage'), values, '--watch');
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
    const answer = await fetch(service.url);
    expect(await answer.json()).toMatchObject({ version: 'v1' });
    const report = await reportOf('complete-outage');
    expect(report.outcome).toBe('Complete');
    const states = Object.fromEntries((report.steps ?? []).map(({ name, state }) => [name, state]));
    expect(states).toMatchObject({ down: 'failed', rollback: 'done', afterRollback: 'done' });

    const again = await play('run', example('failed-deployment'), values, '--watch');
    expect(again.exitCode, again.stdout + again.stderr).toBe(0);
    expect(await (await fetch(service.url)).json()).toMatchObject({ version: 'v1' });
  }, 180_000);

  it('opens a breaker while an API fails, and puts everything back when it answers', async () => {
    const values = {
      ...{ api: `${url}/api`, breaker: `${url}/breaker` },
      ...{ alternative: `${url}/alternative`, route: `${url}/route` },
    };
    outside.isApiUp = false;
    const plan = await play('plan', example('external-api'), values);
    expect(plan.exitCode, plan.stdout + plan.stderr).toBe(0);
    expect(outside.keys).toEqual([]);

    const started = await play('run', example('external-api'), values);
    expect(started.exitCode, started.stderr).toBe(0);
    await eventually(() => {
      expect(outside.switches).toEqual({ breaker: 'open', route: 'alternative' });
      return Promise.resolve();
    }, 60_000);
    const second = await play('run', example('external-api'), values);
    expect(second.exitCode).toBe(4);
    outside.isApiUp = true;
    await eventually(async () => {
      expect(await reportOf('external-api')).toMatchObject({ outcome: 'Complete' });
    }, 90_000);
    expect(outside.switches).toEqual({ breaker: 'closed', route: 'api' });
    expect(new Set(outside.keys).size).toBe(4);
  }, 180_000);

  it('asks an agent and a Prometheus, is paused, goes on, and undoes what it did when it is aborted', async () => {
    const file = join(machine.folder, 'own.yaml');
    const steps = [
      {
        id: 'load',
        probe: 'prometheus.query',
        with: { query: 'outside_load', above: 0.8 },
        within: '2m',
        every: '1s',
      },
      {
        id: 'open',
        action: 'http.request',
        with: { url: `${url}/breaker`, body: { state: 'open' } },
        undo: {
          action: 'http.request',
          with: { url: `${url}/breaker`, body: { state: 'closed' } },
        },
      },
      { wait: '10s' },
      {
        id: 'note',
        action: 'agent.command',
        with: {
          agent: 'local',
          command: 'note',
          args: { file: `${machine.folder}/notes-done` },
        },
      },
      { id: 'noted', probe: 'agent.probe', with: { agent: 'local', probe: 'noted' } },
      { id: 'ask', approval: { message: 'Was load ${steps.load.value} too much?' } },
    ];
    const spec = { kind: 'playbook', environment: 'prod', playbook: 'own' };
    await writeFile(file, stringify({ ...spec, steps }));
    const rehearsed = await play('rehearse', file, {});
    expect(rehearsed.stdout + rehearsed.stderr).toContain(
      'All of its 5 actions and probes could be used now.',
    );
    outside.isApiUp = false;
    const started = await play('run', file, {});
    expect(started.exitCode, started.stderr).toBe(0);
    await eventually(() => {
      expect(outside.switches['breaker']).toBe('open');
      return Promise.resolve();
    }, 60_000);
    expect((await machine.belay(['pause', 'playbook/prod/own', '--as', 'ana'])).exitCode).toBe(0);
    const until = (phase: RunStatus['phase']) => machine.until('playbook/prod/own', phase);
    await until('paused');
    expect((await machine.belay(['resume', 'playbook/prod/own', '--as', 'ana'])).exitCode).toBe(0);
    const { now } = await until('awaiting-approval');
    expect(now).toContain('Was load 0.9 too much?');
    const aborted = ['abort', 'playbook/prod/own', '--as', 'ana', '--why', 'a test'];
    expect((await machine.belay(aborted)).exitCode).toBe(0);
    await eventually(async () => {
      const { outcome, steps: done } = await reportOf('own');
      expect({ outcome, done: done?.find(({ name }) => name === 'noted')?.state }).toEqual({
        ...{ outcome: 'Aborted', done: 'done' },
      });
    }, 60_000);
    expect(outside.switches['breaker']).toBe('closed');
  }, 180_000);
});
