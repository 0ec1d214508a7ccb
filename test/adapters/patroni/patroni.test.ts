import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openExchange } from '../../../src/adapters/http/exchange.ts';
import { Patroni } from '../../../src/adapters/patroni/patroni.ts';
import { PatroniApi } from '../../../src/adapters/patroni/rest-api.ts';
import { unattended } from '../../../src/agent/unattended.ts';

/** As a Patroni 3.0.2 of three members answered. */
const cluster = {
  members: [
    {
      ...{ name: 'p1', role: 'replica', state: 'running', api_url: 'http://127.0.0.1:1/patroni' },
      ...{ host: '127.0.0.1', port: 34_455, timeline: 2, lag: 0, tags: { nofailover: true } },
    },
    {
      ...{ name: 'p2', role: 'leader', state: 'running', api_url: 'http://127.0.0.1:2/patroni' },
      ...{ host: '127.0.0.1', port: 40_669, timeline: 2 },
    },
    { name: 'p3', role: 'replica', state: 'creating replica', lag: 'unknown' },
  ],
};
const own = {
  ...{ state: 'running', role: 'master', server_version: 150_018, timeline: 2 },
  ...{ xlog: { location: 67_109_424 }, dcs_last_seen: 1_795_976_601 },
  database_system_identifier: '7713660699959418699',
  patroni: { version: '3.0.2', scope: 'shop' },
};
const config = { ttl: 20, loop_wait: 1, retry_timeout: 3, postgresql: { use_pg_rewind: true } };

const unled = cluster.members.map((each) => ({ ...each, role: 'replica' }));

interface Answer {
  status: number;
  body: unknown;
}

let folder: string;
let server: Server;
let answers: Record<string, Answer | 'hangs-up'>;
let asked: { path: string; body: string; authorization: string | undefined }[];
let api: PatroniApi;
let patroni: Patroni;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-patroni-'));
  await writeFile(join(folder, 'password'), 'patroni-secret\n', { mode: 0o600 });
  asked = [];
  answers = {
    ...{ '/cluster': { status: 200, body: cluster }, '/patroni': { status: 200, body: own } },
    '/config': { status: 200, body: config },
  };
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const path = request.url ?? '';
      if (request.method === 'POST') {
        asked.push({ path, body, authorization: request.headers.authorization });
      }
      const answer = answers[path];
      if (answer === undefined || answer === 'hangs-up') {
        response.destroy();
        return;
      }
      response.statusCode = answer.status;
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = {
    ...{ url: `http://127.0.0.1:${port}`, user: 'belay' },
    secrets: { PATRONI_RESTAPI_PASSWORD: { file: join(folder, 'password') } },
  };
  api = new PatroniApi('main', settings, openExchange());
  patroni = new Patroni(api);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

describe('what a Patroni says', () => {
  it('is read: who leads, who is never promoted, and how long it takes to act', async () => {
    const facts = await patroni.examine();
    expect(facts).toMatchObject({
      ...{ kind: 'patroni', version: '3.0.2', cluster: 'shop', leader: 'p2', isPaused: false },
      ...{ isSynchronous: false, settledWithinMs: 25_000, maxLagBytes: 1_048_576 },
      systemIdentifier: '7713660699959418699',
    });
    expect(facts.members).toEqual([
      {
        ...{ name: 'p1', state: 'running', isRunning: true, isSynchronous: false, timeline: 2 },
        ...{ lagBytes: 0, noFailover: true },
      },
      {
        ...{ name: 'p2', state: 'running', isRunning: true, isSynchronous: false, timeline: 2 },
        noFailover: false,
      },
      {
        ...{ name: 'p3', state: 'creating replica', isRunning: false, isSynchronous: false },
        ...{ noFailover: false, isCopying: true },
      },
    ]);
  });

  it('is read from later versions, too: names of roles and states have changed', async () => {
    const members = [
      { name: 'p1', role: 'quorum_standby', state: 'streaming', lag: 16, timeline: 2 },
      { name: 'p2', role: 'leader', state: 'running', timeline: 2 },
      { name: 'p3', role: 'replica', state: 'streaming', tags: { failover_priority: 0 } },
    ];
    const scheduled = { at: '2026-11-30T03:00:00+00:00', from: 'p2', to: 'p1' };
    const body = { members, pause: true, scheduled_switchover: scheduled };
    answers['/cluster'] = { status: 200, body };
    answers['/config'] = { status: 200, body: { ...config, synchronous_mode: 'quorum' } };
    expect(await patroni.examine()).toMatchObject({
      ...{ isPaused: true, isSynchronous: true },
      scheduled: 'a switchover from p2 to p1 at 2026-11-30T03:00:00+00:00',
      members: [
        { isSynchronous: true, isRunning: true, lagBytes: 16 },
        { isSynchronous: false },
        { noFailover: true },
      ],
    });
  });

  it('is nothing where it does not answer, or answers something else', async () => {
    answers['/cluster'] = { status: 503, body: '' };
    await expect(patroni.examine()).rejects.toThrow('does not say /cluster: status 503');
    answers['/cluster'] = { status: 200, body: '<html>' };
    await expect(patroni.examine()).rejects.toThrow('is no JSON');
    answers['/cluster'] = { status: 200, body: { members: 'none' } };
    await expect(patroni.examine()).rejects.toThrow('which members it has');
    answers['/cluster'] = 'hangs-up';
    await expect(patroni.examine()).rejects.toMatchObject({ code: 'unfinished' });
  });
});

describe('what a Patroni is asked', () => {
  const wanted = { from: 'p2', to: 'p1' };

  it('is a switchover from the leader that is meant, with the password of a file', async () => {
    answers['/switchover'] = { status: 200, body: 'Successfully switched over to "p1"' };
    expect(await patroni.requestLeader(wanted, unattended)).toEqual({
      ...{ is: 'asked', said: '200 Successfully switched over to "p1"' },
    });
    const authorization = `Basic ${Buffer.from('belay:patroni-secret').toString('base64')}`;
    const body = JSON.stringify({ leader: 'p2', candidate: 'p1' });
    expect(asked).toEqual([{ path: '/switchover', body, authorization }]);
  });

  it('is a failover where nobody leads: with a leader in it, it would be a switchover', async () => {
    answers['/failover'] = { status: 200, body: 'Successfully failed over to "p1"' };
    await patroni.requestLeader({ former: 'p2', to: 'p1' }, unattended);
    answers['/cluster'] = { status: 200, body: { members: unled } };
    await patroni.requestLeader({ to: 'p1' }, unattended);
    const failover = { path: '/failover', body: '{"candidate":"p1"}' };
    expect(asked).toMatchObject([failover, failover]);
  });

  it('is no failover where somebody else leads by then: Patroni would stop them', async () => {
    for (const wanted of [{ to: 'p1' }, { former: 'p3', to: 'p1' }]) {
      expect(await patroni.requestLeader(wanted, unattended)).toEqual({
        ...{ is: 'refused', said: 'p2 leads by now: nothing was asked of Patroni' },
      });
    }
    expect(await patroni.requestLeader({ to: 'p2' }, unattended)).toMatchObject({ is: 'asked' });
    expect(asked).toEqual([]);
  });

  it('is a restart of a replica alone, and no answer of 503 that has begun nothing is unknown', async () => {
    answers['/restart'] = { status: 503, body: 'restart conditions are not satisfied' };
    answers['/reinitialize'] = { status: 503, body: 'I am the leader, can not reinitialize' };
    expect(await patroni.requestRejoin('restart')).toMatchObject({ is: 'refused' });
    expect(await patroni.requestRejoin('copy')).toMatchObject({ is: 'refused' });
    answers['/restart'] = { status: 503, body: 'postgres is still starting' };
    expect(await patroni.requestRejoin('restart')).toMatchObject({ is: 'unknown' });
    expect(asked[0]).toMatchObject({ path: '/restart', body: '{"role":"replica"}' });
  });

  it.each([
    [401, 'no auth header received', 'refused', '401 no auth header received'],
    [412, 'leader name does not match', 'refused', '412 leader name does not match'],
    [400, '<!DOCTYPE HTML>\n<html lang="en">', 'refused', '400'],
    [503, 'Switchover status unknown', 'unknown', '503 Switchover status unknown'],
    [503, 'Failover failed', 'unknown', '503 Failover failed'],
  ])('takes %i %s for %s', async (status, body, is, said) => {
    answers['/switchover'] = { status, body };
    expect(await patroni.requestLeader(wanted, unattended)).toEqual({ is, said });
  });

  it('is nothing that comes late, or that nobody waits for any more', async () => {
    answers['/cluster'] = { status: 200, body: { members: unled } };
    const tooLate = { code: 'away', message: expect.stringContaining('too late') as string };
    const late = new Patroni(api, { lateAfterMs: 0 });
    for (const wanted of [{ to: 'p1' }, { from: 'p2', to: 'p1' }]) {
      for (const over of [
        { ...unattended, cancelled: AbortSignal.abort() },
        { ...unattended, leaving: AbortSignal.abort() },
      ]) {
        await expect(patroni.requestLeader(wanted, over)).rejects.toMatchObject(tooLate);
      }
      await expect(late.requestLeader(wanted, unattended)).rejects.toMatchObject(tooLate);
    }
    expect(asked).toEqual([]);
  });

  it('may have begun where the connection is lost', async () => {
    answers['/switchover'] = 'hangs-up';
    expect(await patroni.requestLeader(wanted, unattended)).toMatchObject({ is: 'unknown' });
  });

  it('is not told where the password cannot be read, and nothing says what it is', async () => {
    await rm(join(folder, 'password'));
    const failure = await patroni
      .requestLeader(wanted, unattended)
      .catch((error: unknown) => String(error));
    expect(failure).toContain('PATRONI_RESTAPI_PASSWORD');
    expect(failure).not.toContain('patroni-secret');
    expect(asked).toEqual([]);
  });
});

it('watches until another member leads, whatever is not answered in between', async () => {
  const watching = { leader: 'p2', everyMs: 20, reportAfterMs: 5_000 };
  const seen = patroni.watch(watching, unattended);
  answers['/cluster'] = 'hangs-up';
  await new Promise((resolve) => setTimeout(resolve, 100));
  const moved = cluster.members.map((each) => ({
    ...each,
    role: each.name === 'p1' ? 'leader' : 'replica',
  }));
  answers['/cluster'] = { status: 200, body: { members: moved } };
  expect(await seen).toMatchObject({ leader: 'p1' });
});

it('says so where nobody has led for long enough', async () => {
  answers['/cluster'] = { status: 200, body: { members: unled } };
  const watching = { leader: 'p2', everyMs: 20, reportAfterMs: 200 };
  expect('leader' in (await patroni.watch(watching, unattended))).toBe(false);
});
