/** Playbooks of the examples, and one of its own, run for real: services, an agent, a database, a Prometheus and HTTP servers. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { eventually } from '../fixtures/eventually.ts';
import type { TestPostgres } from '../fixtures/postgres.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import type { OneMachine } from './one-machine.ts';
import { asShop, PlaybookWorld, type Outside } from './playbook-world.ts';

const executable = await providePrometheus(loadConfig().cache);
let world: PlaybookWorld;
let machine: OneMachine;
let outside: Outside;
let url: string;
let postgres: TestPostgres | undefined;

beforeAll(async () => {
  if (executable === undefined) return;
  world = await PlaybookWorld.open(executable);
  ({ machine, outside, postgres } = world);
  ({ url } = outside);
}, 180_000);

afterAll(async () => {
  if (executable !== undefined) await world.close();
}, 60_000);

const example = (name: string) => `examples/playbooks/${name}.yaml`;
const play: PlaybookWorld['play'] = (...asked) => world.play(...asked);
const reportOf = (name: string) => world.reportOf(name);

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

  it('sends the traffic to the recovery environment where nothing was deployed, once a person says so', async () => {
    outside.isApiUp = false;
    const values = { service: 'search', url: `${url}/api`, platform: 'local' };
    const failover = `${url}/route`;
    const started = await play('run', example('complete-outage'), { ...values, failover });
    expect(started.exitCode, started.stdout + started.stderr).toBe(0);
    const { now } = await machine.until('playbook/prod/complete-outage', 'awaiting-approval');
    expect(now).toContain('Send the traffic of search to the recovery environment?');
    expect(outside.switches['route']).toBe('api');
    const approve = ['approve', 'playbook/prod/complete-outage', '--as', 'ana'];
    expect((await machine.belay(approve)).exitCode).toBe(0);
    await eventually(async () => {
      const { outcome, steps = [] } = await reportOf('complete-outage');
      const state = steps.find(({ name }) => name === 'failover')?.state;
      expect({ outcome, state }).toEqual({ outcome: 'Complete', state: 'done' });
    }, 90_000);
    expect(outside.switches['route']).toBe('recovery');
    Object.assign(outside, { isApiUp: true });
    Object.assign(outside.switches, { route: 'api' });
    outside.keys.length = 0;

    const unknown = { service: 'unknown', url: `${url}/api`, platform: 'local' };
    await play('run', example('failed-deployment'), unknown);
    await machine.until('playbook/prod/failed-deployment', 'held');
    const giveUp = ['give-up', 'playbook/prod/failed-deployment', '--as', 'ana'];
    expect((await machine.belay([...giveUp, '--why', 'nothing was deployed'])).exitCode).toBe(0);
    await eventually(async () => {
      expect(await reportOf('failed-deployment')).toMatchObject({ outcome: 'GivenUp' });
    }, 60_000);
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

  it('ends sessions that idle in a transaction and keep a service from its database, and waits for a person where it may not', async (context) => {
    if (postgres === undefined) return context.skip();
    const values = { agent: 'local', url: `${url}/shop`, idle: '1s', most: '1' };
    const sessions = [await asShop(postgres), await asShop(postgres)];
    for (const session of sessions) await session.query('BEGIN');
    expect((await fetch(values.url)).status).toBe(503);
    await sleep(1_100);

    await postgres.run('REVOKE pg_signal_backend FROM playbooks');
    const started = await play('run', example('database-connections'), values);
    expect(started.exitCode, started.stderr).toBe(0);
    const { now } = await machine.until('playbook/prod/database-connections', 'held');
    expect(now).toContain('member of pg_signal_backend (42501). Answer with retry');
    await postgres.run('GRANT pg_signal_backend TO playbooks');
    const retried = ['retry', 'playbook/prod/database-connections', '--as', 'ana'];
    expect((await machine.belay(retried)).exitCode).toBe(0);

    await eventually(async () => {
      expect(await reportOf('database-connections')).toMatchObject({ outcome: 'Complete' });
    }, 60_000);
    const { steps = [] } = await reportOf('database-connections');
    const end = steps.find(({ name }) => name === 'end');
    expect(end?.evidence.map(({ value }) => value)).toContainEqual(
      expect.stringMatching(/^1 row: \{"pid":\d+,"ended":true\}$/),
    );
    expect((await fetch(values.url)).status).toBe(200);
    const left = "SELECT 1 FROM pg_stat_activity WHERE usename = 'shop' AND state LIKE 'idle in%'";
    expect(await postgres.run(left)).toHaveLength(1);
    await Promise.all(sessions.map((session) => session.end().catch(() => undefined)));
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

  it('includes the file as it was when the run began, and names it by its digest', async () => {
    const file = join(machine.folder, 'including.yaml');
    const included = join(machine.folder, 'lead.yaml');
    const lead = (to: string) =>
      stringify({
        kind: 'playbook',
        steps: [{ action: 'http.request', with: { url: `${url}/breaker`, body: { state: to } } }],
      });
    await writeFile(included, lead('as-it-was'));
    await writeFile(
      file,
      stringify({
        ...{ kind: 'playbook', environment: 'prod', playbook: 'including' },
        steps: [
          { id: 'ask', approval: { message: 'Go on?' } },
          { id: 'led', use: 'lead', mode: 'ungraceful' },
        ],
      }),
    );
    const started = await play('run', file, {}, '--ungraceful');
    expect(started.exitCode, started.stderr).toBe(0);
    await machine.until('playbook/prod/including', 'awaiting-approval');
    await writeFile(included, lead('as-it-is-now'));
    const approve = ['approve', 'playbook/prod/including', '--as', 'ana'];
    expect((await machine.belay(approve)).exitCode).toBe(0);
    const report = await eventually(() => reportOf('including'), 60_000);
    expect(report.outcome).toBe('Complete');
    expect(outside.switches['breaker']).toBe('as-it-was');
    const sha256 = createHash('sha256').update(lead('as-it-was')).digest('hex');
    expect(report.details).toMatchObject({ includes: { lead: sha256 } });
  }, 180_000);

  it('is rehearsed by a schedule, which says so as soon as it could not be run any more', async (context) => {
    if (postgres === undefined) return context.skip('PostgreSQL is not installed');
    await postgres.run('CREATE TABLE queue (id int); GRANT SELECT ON queue TO playbooks', 'shop');
    const file = join(machine.folder, 'standing.yaml');
    const at = { agent: 'local', cluster: 'main', statement: 'SELECT count(*) FROM queue' };
    await writeFile(
      file,
      stringify({
        ...{ kind: 'playbook', environment: 'prod', playbook: 'standing' },
        steps: [{ id: 'waiting', probe: 'sql.query', with: at }],
      }),
    );
    const every = ['playbook', 'rehearse', '-f', file, '--every', '12h'];
    const { scheduleId } = await machine.json<{ scheduleId: string }>(every);
    const rehearsed = async () => {
      const started = await machine.belay(['schedule', 'run-now', scheduleId]);
      expect(started.exitCode, started.stderr).toBe(0);
    };
    const untilSaid = (wanted: string) =>
      eventually(async () => {
        const kind = ['--kind', 'playbookRehearsal'];
        const [last] = await machine.json<RunReport[]>(['history', ...kind]);
        expect(`${last?.outcome}: ${last?.reason}`).toContain(wanted);
      }, 60_000);
    await rehearsed();
    await untilSaid('Ready: all of its 1 actions and probes could be used now');
    await postgres.run('DROP TABLE queue', 'shop');
    await rehearsed();
    await untilSaid('NotReady: waiting:');
    const stop = await machine.belay(['playbook', 'rehearse', '-f', file, '--stop']);
    expect(stop.stdout).toContain(`${scheduleId}: deleted`);
  }, 180_000);
});
