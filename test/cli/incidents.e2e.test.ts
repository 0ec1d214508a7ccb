/** An incident from its declaration to its postmortem, as people and a monitoring system drive it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ChangeControlState } from '../../src/contracts/kernel/change-control.ts';
import type { IncidentFacts } from '../../src/contracts/recovery/incident.ts';
import { eventually } from '../fixtures/eventually.ts';
import { firing, notificationOf } from '../gateway/gateway-on-loopback.ts';
import { AlertmanagerProcess } from '../prometheus/alertmanager-process.ts';
import { provideAlertmanager } from '../setup/provide-alertmanager.ts';
import { OneMachine } from './one-machine.ts';

const programs = await provideAlertmanager(loadConfig().cache);

interface Shown {
  workflowId: string;
  incident: IncidentFacts;
}

let machine: OneMachine;
let people: Server;
const notified: string[] = [];
let folder: string;
let gateway: { url: string; token: string };

beforeAll(async () => {
  people = createServer((request, response) => {
    void text(request).then((body) => {
      notified.push(body);
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(people, 'listening');
  const url = `http://127.0.0.1:${(people.address() as AddressInfo).port}/`;
  folder = await mkdtemp(join(tmpdir(), 'belay-incidents-'));
  const notifications = join(folder, 'notifications.yaml');
  const policy = join(folder, 'policy.yaml');
  await writeFile(
    notifications,
    stringify({
      channels: { people: { webhook: { url, secret: { env: 'WEBHOOK_SECRET' } } } },
      routes: [{ to: 'people' }],
    }),
  );
  await writeFile(policy, stringify({ freeze: 'services', zone: 'Europe/Berlin' }));
  machine = await OneMachine.start({
    BELAY_NOTIFICATIONS: notifications,
    BELAY_INCIDENT_POLICY: policy,
    WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
  });
  const running = JSON.parse(
    await readFile(join(machine.folder, 'home/run/gateway.json'), 'utf8'),
  ) as { url: string };
  const token = await readFile(join(machine.folder, 'home/gateway/token'), 'utf8');
  gateway = { url: running.url, token: token.trim() };
});

afterAll(async () => {
  await machine.stop();
  people.closeAllConnections();
  people.close();
  await rm(folder, { recursive: true });
});

const belay = (...args: string[]) => machine.belay(['incident', ...args]);
const show = async (name: string) => machine.json<Shown>(['incident', 'show', name]);

async function until(name: string, isReached: (shown: Shown) => boolean): Promise<Shown> {
  return eventually(async () => {
    const shown = await show(name);
    if (!isReached(shown)) throw new Error(`not there: ${JSON.stringify(shown.incident)}`);
    return shown;
  }, 60_000);
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const authorization = `Bearer ${gateway.token}`;
  const answer = await fetch(gateway.url + path, {
    ...{ method: 'POST', headers: { authorization, ...headers }, body: JSON.stringify(body) },
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

const freezes = async () => {
  const [state] = await machine.json<ChangeControlState[]>(['freezes', 'demo']);
  return state?.freezes ?? [];
};

describe('an incident on the command line', () => {
  it('is refused with every problem, and reaches nothing', async () => {
    const bad = await belay('declare', '-e', 'Demo', '--severity', 'huge', '--impact-at', 'noon');
    expect(bad.exitCode).toBe(2);
    for (const name of ['--environment', '--severity', '--impact-at', '--summary', '--name']) {
      expect(bad.stderr).toContain(name);
    }
    const nothing = await belay('ack', 'demo/shop');
    expect(nothing.exitCode).toBe(1);
    expect(nothing.stderr).toContain('incident/demo/shop');
    expect((await belay('list')).stdout).toContain('No incident is open.');
    expect((await belay('show', 'demo/shop')).exitCode).toBe(2);
  });

  it('calls people, freezes, and goes through to its postmortem', async () => {
    const policy = join(folder, 'policy.yaml');
    const declare = ['declare', '-f', policy, '-e', 'demo', '--service', 'shop'];
    const dry = await belay(...declare, '--severity', 'sev2', '--summary', '500', '--dry-run');
    expect(dry.stdout).toContain('It would declare or join incident/demo/shop as sev2');
    const declared = await belay(...declare, '--severity', 'sev2', '--summary', 'checkout fails');
    expect(declared).toMatchObject({ exitCode: 0 });
    expect(declared.stdout).toContain('Declared as sev2: incident/demo/shop');
    await until('shop', ({ incident }) => incident.phase === 'unacknowledged');
    await vi.waitFor(() => expect(notified.join()).toContain('checkout fails'), 20_000);

    await eventually(async () => expect(await freezes()).toHaveLength(1));
    const deploy = await machine.belay(['deploy', '-f', await machine.spec('v1')]);
    expect(deploy.exitCode).toBe(1);
    expect(deploy.stderr).toContain('incident/demo/shop: checkout fails');

    const again = await belay(...declare, '--severity', 'sev1', '--summary', 'and search, too');
    expect(again.stdout).toContain('this declaration joins it: incident/demo/shop');
    const ack = await belay('ack', 'shop', '--as', 'ana');
    expect(ack).toMatchObject({ exitCode: 0 });
    const twice = await belay('ack', 'shop', '--as', 'bo');
    expect(twice.exitCode).toBe(1);
    expect(twice.stderr).toContain('Nothing waits for an acknowledgement');
    expect((await belay('list')).stdout).toMatch(/SEV1 +demo\/shop +acknowledged/);
    expect((await belay('escalate', 'shop', '--why', 'we need the DBA')).exitCode).toBe(0);
    expect(
      (await belay('assign', 'shop', '--role', 'captain', '--person', 'eve')).exitCode,
    ).not.toBe(0);
    const update = await belay('update', 'shop', '--text', 'rolled back', '--severity', 'sev2');
    expect(update.exitCode).toBe(0);
    expect((await belay('mitigate', 'shop', '--why', 'rolled back')).exitCode).toBe(0);
    expect((await belay('postmortem', 'shop', '--done')).exitCode).toBe(1);
    expect((await belay('resolve', 'shop', '--why', 'the release is gone')).exitCode).toBe(0);
    await until('shop', ({ incident }) => incident.postmortem !== undefined);
    await eventually(async () => expect(await freezes()).toEqual([]));

    const shown = (await belay('show', 'shop')).stdout;
    expect(shown).toMatch(/commander +ana/);
    expect(shown).toContain('escalated to level 2');
    const draft = (await belay('postmortem', 'shop')).stdout;
    expect(draft).toContain('# Postmortem: checkout fails');
    expect(draft).toContain('update: rolled back');
    const link = 'https://wiki.example.com/pm-1';
    expect((await belay('postmortem', 'shop', '--done', '--link', link)).exitCode).toBe(0);
    await eventually(async () => {
      expect((await belay('list', '--all')).stdout).toMatch(/SEV2 +demo\/shop +Resolved/);
    });
    expect((await belay('show', 'demo/shop')).stdout).toContain('Resolved: checkout fails');
    const heard = notified.join();
    for (const said of ['we need the DBA', 'rolled back']) expect(heard + shown).toContain(said);
  }, 180_000);
});

describe('an incident over HTTP', () => {
  it('is declared once by its key, also when it is over', async () => {
    const body = { environment: 'demo', incident: 'mail', summary: 'no mail', severity: 'sev3' };
    const key = { 'idempotency-key': randomUUID() };
    expect(await post('/v1/incidents', body, key)).toMatchObject({
      ...{ status: 201, body: { workflowId: 'incident/demo/mail', result: 'declared' } },
    });
    expect(await post('/v1/incidents', body, key)).toMatchObject({ body: { result: 'known' } });
    expect(await post('/v1/incidents', body)).toMatchObject({ body: { result: 'joined' } });
    await until('mail', ({ incident }) => incident.requests.length === 2);
    const note = { by: 'ana', with: { text: 'a provider is down', severity: 'sev4' } };
    expect(await post('/v1/runs/incident/demo/mail/update', note)).toMatchObject({ status: 200 });
    expect((await show('mail')).incident).toMatchObject({ severity: 'sev4' });
    expect(await post('/v1/runs/incident/demo/mail/resolve', { by: 'ana' })).toMatchObject({
      status: 200,
    });
    await eventually(async () =>
      expect(await post('/v1/incidents', body, key)).toMatchObject({
        status: 200,
        body: { result: 'known' },
      }),
    );
    expect((await belay('list')).stdout).toContain('No incident is open.');
  }, 90_000);

  it('is declared by an alert, joined by another, and records their ends', async () => {
    const labels = { belay_incident: 'true', severity: 'warning', service: 'pay', action: 'page' };
    const first = firing({ ...labels, environment: 'demo' });
    const second = firing({ ...labels, environment: 'demo', belay_incident: 'sev1' });
    const results = async (...alerts: unknown[]) => {
      const { status, body } = await post('/v1/alerts', notificationOf(...alerts));
      expect(status, JSON.stringify(body)).toBe(200);
      return (body['incidents'] as { result: string }[]).map(({ result }) => result);
    };
    expect(await results(first)).toEqual(['declared']);
    expect(await results(first)).toEqual(['known']);
    expect(await results(second)).toEqual(['joined']);
    const joined = await until('pay', ({ incident }) => incident.alerts.length === 2);
    expect(joined.incident).toMatchObject({ severity: 'sev1', phase: 'unacknowledged' });
    const over = (alert: object) => ({ ...alert, status: 'resolved' });
    expect(await results(over(first), over(second))).toEqual(['ended', 'ended']);
    const ended = await until('pay', ({ incident }) =>
      incident.alerts.every(({ endedAtMs }) => endedAtMs !== undefined),
    );
    expect(ended.incident.phase).toBe('unacknowledged');
    expect((await belay('withdraw', 'pay', '--why', 'a test')).exitCode).toBe(0);
    await eventually(async () => expect(await results(first)).toEqual(['known']));
    await eventually(async () => expect(await results(over(first))).toEqual(['not-open']));
    await eventually(async () => expect(await freezes()).toEqual([]));
  }, 90_000);
});

describe.skipIf(programs === undefined)('an alert of a real Alertmanager', () => {
  const alertmanager = new AlertmanagerProcess();
  const labels = { alertname: 'CheckoutErrors', environment: 'demo', service: 'checkout' };
  const alert = (more: object) => ({
    labels: { ...labels, belay_incident: 'sev2' },
    annotations: { summary: 'checkout returns 500' },
    ...{ startsAt: new Date(Date.now() - 60_000).toISOString(), ...more },
  });

  beforeAll(async () => {
    const webhook = { url: `${gateway.url}/v1/alerts`, token: gateway.token };
    await alertmanager.start(programs?.alertmanager ?? '', webhook, { repeat: '1s' });
  });
  afterAll(() => alertmanager.clear());

  it('declares one incident however often it is sent, and its end is an event of the timeline', async () => {
    const firing = alert({ endsAt: new Date(Date.now() + 3_600_000).toISOString() });
    await alertmanager.send(firing);
    const declared = await until('checkout', ({ incident }) => incident.alerts.length === 1);
    expect(declared.incident).toMatchObject({
      ...{ severity: 'sev2', summary: 'checkout returns 500', phase: 'unacknowledged' },
    });
    const before = declared.incident.timeline.length;
    await eventually(async () => expect(await alertmanager.delivered()).toBeGreaterThan(2), 60_000);
    const repeated = await show('checkout');
    expect(repeated.incident.alerts).toHaveLength(1);
    expect(repeated.incident.requests).toHaveLength(1);
    expect(repeated.incident.timeline).toHaveLength(before);
    const listed = (await belay('list')).stdout.match(/demo\/checkout/g);
    expect(listed).toHaveLength(1);

    await alertmanager.send({ ...firing, endsAt: new Date().toISOString() });
    const ended = await until('checkout', ({ incident }) =>
      incident.alerts.every(({ endedAtMs }) => endedAtMs !== undefined),
    );
    expect(ended.incident.phase).toBe('unacknowledged');
    expect(ended.incident.timeline.slice(before).map((entry) => entry.text)).toEqual([
      expect.stringContaining('CheckoutErrors'),
    ]);
    expect((await belay('withdraw', 'checkout', '--why', 'a test')).exitCode).toBe(0);
    await eventually(async () => expect(await freezes()).toEqual([]));
  }, 120_000);
});

it('an incident whose workflow was terminated leaves no freeze behind', async () => {
  const spec = { environment: 'demo', incident: 'lost', summary: 'nobody knows', severity: 'sev1' };
  await post('/v1/incidents', spec);
  await eventually(async () => expect(await freezes()).toHaveLength(1), 30_000);
  const { address } = JSON.parse(
    await readFile(join(machine.folder, 'home/run/temporal.json'), 'utf8'),
  ) as { address: string };
  const connection = await Connection.connect({ address });
  await new Client({ connection }).workflow.getHandle('incident/demo/lost').terminate('a test');
  await connection.close();
  await eventually(async () => expect(await freezes()).toEqual([]), 90_000);
}, 150_000);
