import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { LedgerDatabase } from '../../src/adapters/ledger/open-ledger.ts';
import { LedgerError } from '../../src/adapters/ledger/ledger-error.ts';
import { minuteMs, type Minute } from '../../src/contracts/objectives/minute.ts';
import { sign } from '../../src/http/credentials.ts';
import { ledgerAt } from '../fixtures/ledger-at.ts';
import { updateHour } from '../../src/policies/objectives/update-hour.ts';
import { minuteAt, objectiveOf } from '../fixtures/objective.ts';
import { GatewayOnLoopback } from './gateway-on-loopback.ts';

const environment = 'prod';
const objective = objectiveOf({ source: { of: 'pushed' } });
const noon = Date.UTC(2026, 10, 30, 12);
const nowMs = noon + 10 * minuteMs + 5_000;
const secret = 'a-secret-of-the-shop';
const scopes = [{ kind: 'indicators' as const, environment, name: 'checkout' }];

let home: string;
let ledger: LedgerDatabase;
let gateway: GatewayOnLoopback;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-pushed-'));
  ledger = ledgerAt(home);
  const spec = { objectives: [objective, objectiveOf({ name: 'baskets' })], leastCoverage: 0.9 };
  await ledger.objectives.writeState({ environment, atMs: nowMs, standings: [], spec });
  gateway = new GatewayOnLoopback();
});
afterEach(async () => {
  await gateway.stop();
  await ledger.close();
  await rm(home, { recursive: true });
});

const start = (now: () => number = () => nowMs) =>
  gateway.start({
    ...{ objectives: ledger.objectives, now },
    credentials: { tokens: [], signingSecrets: [{ name: 'shop', secret, scopes }] },
  });

/** Of the first two pushes, both have read what is known before one of them writes. */
function startWhereTwoMeet() {
  const { objectives } = ledger;
  let reads = 0;
  let meet = () => {};
  const met = new Promise<void>((resolve) => (meet = resolve));
  const listMinutes: typeof objectives.listMinutes = async (filter) => {
    const found = await objectives.listMinutes(filter);
    reads += 1;
    if (reads === 2) meet();
    await met;
    return found;
  };
  return gateway.start({
    ...{ objectives: { ...objectives, listMinutes }, now: () => nowMs },
    credentials: { tokens: [], signingSecrets: [{ name: 'shop', secret, scopes }] },
  });
}

const minuteOf = (index: number, total: number, bad?: number) => ({
  ...{ at: new Date(noon + index * minuteMs).toISOString(), total },
  ...(bad !== undefined && { bad }),
});

async function push(
  minutes: unknown,
  more: Record<string, unknown> = {},
): Promise<{ status: number; body: Record<string, unknown>; problems: string[] }> {
  const path = '/v1/indicators';
  const body = JSON.stringify({ environment, objective: 'checkout', minutes, ...more });
  const timestamp = String(Math.floor(nowMs / 1_000));
  const v1 = sign(secret, { timestamp, method: 'POST', path, body: Buffer.from(body) });
  const answer = await gateway.post(path, body, {
    'x-belay-signature': `t=${timestamp},v1=${v1}`,
  });
  const json = (await answer.json()) as { error?: { problems?: string[] } };
  return { status: answer.status, body: json, problems: json.error?.problems ?? [] };
}

async function kept(): Promise<Minute[]> {
  const filter = { environment, fromMs: noon - 60 * minuteMs, untilMs: noon + 60 * minuteMs };
  return (await ledger.objectives.listMinutes(filter)).get('checkout') ?? [];
}

describe('POST /v1/indicators', () => {
  it('keeps what was counted, signed by whoever counts it', async () => {
    await start();
    const answer = await push([minuteOf(8, 1_200, 3), minuteOf(9, 900)]);
    expect(answer).toMatchObject({ status: 200, body: { taken: 2, known: 0 } });
    expect(await kept()).toMatchObject([
      { atMs: noon + 8 * minuteMs, good: 1_197, bad: 3, quality: 'counted' },
      { atMs: noon + 9 * minuteMs, good: 900, bad: 0 },
    ]);
  });

  it('counts a push that is repeated once, also where two arrive at once', async () => {
    await startWhereTwoMeet();
    const answers = await Promise.all([push([minuteOf(8, 10, 1)]), push([minuteOf(8, 10, 1)])]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const taken = answers.map(({ body }) => Number(body['taken']));
    expect(taken.sort()).toEqual([0, 1]);
    const again = await push([minuteOf(8, 10, 1), minuteOf(9, 20)]);
    expect(again).toMatchObject({ status: 200, body: { taken: 1, known: 1 } });
    expect((await kept()).map(({ good, bad, version }) => [good, bad, version])).toEqual([
      [9, 1, 1],
      [20, 0, 1],
    ]);
  });

  it('refuses the second of two pushes that arrive at once with different counts', async () => {
    await startWhereTwoMeet();
    const answers = await Promise.all([push([minuteOf(8, 10, 1)]), push([minuteOf(8, 20)])]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect(answers.flatMap(({ problems }) => problems)).toEqual([
      expect.stringContaining('minutes.0.at: is known with'),
    ]);
    expect(await kept()).toHaveLength(1);
  });

  it('takes an earlier minute after a later one, as a request that failed is sent again', async () => {
    await start();
    await push([minuteOf(9, 20)]);
    expect(await push([minuteOf(8, 10)])).toMatchObject({ status: 200, body: { taken: 1 } });
  });

  it('passes over what was recorded by hand meanwhile, and takes the rest of a backlog', async () => {
    await start();
    const byHand = minuteAt(noon + 3 * minuteMs, 0, 7, { quality: 'by-hand', why: 'down' });
    await ledger.objectives.updateHours(
      environment,
      [{ objective: 'checkout', atMs: noon }],
      (hour) => updateHour(objective, hour, [byHand]),
    );
    const answer = await push([minuteOf(2, 10), minuteOf(3, 50), minuteOf(4, 20)]);
    expect(answer).toMatchObject({ status: 200, body: { taken: 2, known: 1 } });
    expect((await kept()).map(({ good, bad }) => [good, bad])).toEqual([
      [10, 0],
      [0, 7],
      [20, 0],
    ]);
  });

  it('refuses everything with every problem at once, and then keeps nothing', async () => {
    await start();
    await push([minuteOf(5, 100, 1)]);
    const { status, problems } = await push([
      minuteOf(5, 100, 2),
      minuteOf(4, 10, 20),
      minuteOf(10, 5),
      { ...minuteOf(7, 5), at: '2026-11-30T12:07:30Z' },
      minuteOf(-90, 5),
    ]);
    expect(status).toBe(400);
    expect(problems).toEqual([
      'minutes.0.at: is known with 100 requests, 1 of them bad; what was pushed once is not changed',
      'minutes.1.at: is not after the minute before it in this list',
      'minutes.1.bad: is 20, and there were only 10 requests',
      'minutes.2.at: is not over yet by the clock of the gateway, where it is 2026-11-30T12:10:05.000Z; push a minute once it has ended',
      'minutes.3.at: is no beginning of a minute',
      'minutes.3.at: is not after the minute before it in this list',
      'minutes.4.at: ended more than 1h ago, which is too late',
      'minutes.4.at: is not after the minute before it in this list',
    ]);
    expect(await kept()).toHaveLength(1);
  });

  it('says of what cannot be read which part that is', async () => {
    await start();
    const { status, problems } = await push([{ at: 'noon', total: -1, bad: 0.5, good: 3 }]);
    expect(status).toBe(400);
    const tooMany = await push([{ ...minuteOf(8, 0), total: 9e15 }]);
    expect(tooMany).toMatchObject({ status: 400 });
    expect(tooMany.problems).toEqual([expect.stringContaining('minutes.0.total')]);
    for (const path of ['minutes.0.at: "noon" is not a time', 'minutes.0.total', 'minutes.0.bad']) {
      expect(problems).toContainEqual(expect.stringContaining(path));
    }
  });

  it('takes nothing of an objective that is measured in another way', async () => {
    await gateway.start({ ...{ objectives: ledger.objectives, now: () => nowMs } });
    const body = { environment, objective: 'baskets', minutes: [minuteOf(8, 10)] };
    const answer = await gateway.post('/v1/indicators', body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('whose source is pushed; belay slo status -e prod lists');
  });

  it('is for whoever has the scope of the objective', async () => {
    await start();
    const answer = await push([minuteOf(8, 10)], { objective: 'baskets' });
    expect(answer.status).toBe(403);
    expect(JSON.stringify(answer.body)).toContain('indicators:prod/baskets');
  });

  it('is to be sent again where the ledger does not answer', async () => {
    const { objectives } = ledger;
    const away = new LedgerError('unusable', 'away');
    await gateway.start({
      now: () => nowMs,
      objectives: { ...objectives, updateHours: () => Promise.reject(away) },
    });
    const body = { environment, objective: 'checkout', minutes: [minuteOf(8, 10)] };
    const answer = await gateway.post('/v1/indicators', body);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  });

  it('is not to be sent again for a failure of the gateway itself', async () => {
    const { objectives } = ledger;
    await gateway.start({
      now: () => nowMs,
      objectives: { ...objectives, updateHours: () => Promise.reject(new TypeError('a bug')) },
    });
    const body = { environment, objective: 'checkout', minutes: [minuteOf(8, 10)] };
    const answer = await gateway.post('/v1/indicators', body);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([500, null]);
  });

  it('takes a minute from a pusher whose clock is some seconds ahead', async () => {
    await start(() => noon + 10 * minuteMs - 5_000);
    expect(await push([minuteOf(9, 10)])).toMatchObject({ status: 200, body: { taken: 1 } });
  });
});

test('the example of the documentation pushes the last whole minute', async () => {
  await start(Date.now);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['examples/objectives/push.mjs', environment, 'checkout', '1200', '3'],
    { env: { ...process.env, BELAY_GATEWAY: gateway.url, BELAY_SIGNING_SECRET: secret } },
  );
  expect(JSON.parse(stdout)).toEqual({ taken: 1, known: 0 });
});
