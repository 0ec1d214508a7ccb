import { createHmac } from 'node:crypto';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import type { ChannelSettings } from '../../../src/specs/kernel/notifications.ts';
import { closedPort } from '../json-http/stand-in.ts';
import { failed } from '../../policies/kernel/notifications/notification.ts';
import { answering, startReceiver } from './receiver.ts';
import { secrets, send, slackAt } from './sending.ts';

function pagerDutyAt(origin: string): ChannelSettings {
  return {
    name: 'on-call',
    kind: 'pagerduty',
    routingKey: { env: 'ROUTING_KEY' },
    url: `${origin}/v2/enqueue`,
  };
}

function webhookAt(origin: string): ChannelSettings {
  return { name: 'audit', kind: 'webhook', url: `${origin}/belay`, secret: { env: 'SIGNING_KEY' } };
}

/** Tells Slack at this address once, and reports. */
async function notify(origin: string, budgetMs?: number) {
  const { channel, env } = slackAt(origin);
  const [report] = await send([channel], { env, ...(budgetMs !== undefined && { budgetMs }) });
  return report!;
}

/** A server that speaks as the test says, below HTTP. */
async function startSocket(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    talk(socket);
  });
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a receiver that answers', () => {
  it('Slack gets a message once, at the address that is kept secret', async () => {
    const { origin, received } = await startReceiver(answering(200, {}, 'ok'));
    expect(await notify(origin)).toEqual({
      channel: 'team',
      kind: 'slack',
      result: 'delivered',
      attempts: 1,
    });
    expect(received.map(({ path }) => path)).toEqual([secrets.SLACK_PATH]);
    expect(received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ text: failed().title });
  });

  it('PagerDuty gets an event with the routing key', async () => {
    const { origin, received } = await startReceiver(answering(202, {}, '{"status":"success"}'));
    expect(await send([pagerDutyAt(origin)])).toMatchObject([{ result: 'delivered', attempts: 1 }]);
    expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({
      routing_key: secrets.ROUTING_KEY,
      event_action: 'trigger',
      payload: { severity: 'critical' },
    });
  });

  it('a webhook gets JSON that is signed for its ID and time', async () => {
    const { origin, received } = await startReceiver(answering(204));
    expect(await send([webhookAt(origin)])).toMatchObject([{ result: 'delivered' }]);
    const { headers, body } = received[0]!;
    const timestamp = headers['webhook-timestamp'] as string;
    expect(Math.abs(Date.now() / 1_000 - Number(timestamp))).toBeLessThan(60);
    expect(headers['webhook-id']).toBe(failed().id);
    const signed = createHmac('sha256', Buffer.from(secrets.SIGNING_KEY.slice(6), 'base64'))
      .update(`${failed().id}.${timestamp}.${body}`)
      .digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signed}`);
  });

  it('with 200 and then nothing more has accepted it', async () => {
    const { origin, received } = await startReceiver((response) => {
      response.writeHead(200, { 'content-length': 1_000 });
      response.flushHeaders();
    });
    expect(await notify(origin)).toMatchObject({ result: 'delivered', attempts: 1 });
    expect(received).toHaveLength(1);
  });
});

describe('a delivery that certainly failed is retried', () => {
  it('until a receiver that was down is up', async () => {
    const port = await closedPort();
    const telling = notify(`http://127.0.0.1:${port}`);
    await sleep(100);
    const { received } = await startReceiver(answering(200), port);
    const report = await telling;
    expect(report).toMatchObject({ result: 'delivered' });
    expect(report).toHaveProperty('attempts', expect.toBeOneOf([2, 3, 4]));
    expect(received).toHaveLength(1);
  });

  it('several times, and then reported', async () => {
    expect(await notify(`http://127.0.0.1:${await closedPort()}`)).toEqual({
      channel: 'team',
      kind: 'slack',
      result: 'not-delivered',
      attempts: 4,
      reason: 'the connection was refused',
    });
  });

  it('when it was refused for now, after the time that the receiver asks for', async () => {
    const askedAtMs: number[] = [];
    const { origin } = await startReceiver((response, nth) => {
      askedAtMs.push(performance.now());
      if (nth === 1) answering(429, { 'retry-after': '1' })(response, nth);
      else answering(200)(response, nth);
    });
    expect(await notify(origin)).toMatchObject({ result: 'delivered', attempts: 2 });
    expect(askedAtMs[1]! - askedAtMs[0]!).toBeGreaterThanOrEqual(990);
  });

  it('but not beyond the time limit: an hour is not waited', async () => {
    const { origin, received } = await startReceiver(answering(429, { 'retry-after': '3600' }));
    expect(await notify(origin)).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: 'it answered 429; it asks to wait 1h, which is longer than Belay waits',
    });
    expect(received).toHaveLength(1);
  });

  it('also when the receiver asks with a date', async () => {
    const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
    const { origin } = await startReceiver(answering(503, { 'retry-after': inAnHour }));
    expect(await notify(origin)).toMatchObject({ result: 'not-delivered', attempts: 1 });
  });

  it('if the other side does not support TLS, because nothing was sent yet', async () => {
    const { port, received } = await startReceiver(answering(200));
    expect(await notify(`https://127.0.0.1:${port}`)).toMatchObject({
      result: 'not-delivered',
      attempts: 4,
    });
    expect(received).toHaveLength(0);
  });

  it('if TLS is started and not finished', async () => {
    const at = await startSocket(() => {});
    expect(await notify(`https://${at}`, 0)).toMatchObject({
      result: 'not-delivered',
      reason: 'no connection was established in time',
    });
  });

  it('if the host does not exist', async () => {
    expect(await notify('http://nowhere.invalid', 0)).toMatchObject({
      result: 'not-delivered',
      reason: expect.stringMatching(/^its host name|no connection was established in time/),
    });
  });

  it('and no longer when the worker stops', async () => {
    const { channel, env } = slackAt(`http://127.0.0.1:${await closedPort()}`);
    const [report] = await send([channel], { env, signal: AbortSignal.timeout(20) });
    expect(report).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: 'the connection was refused; the worker stopped before the next attempt',
    });
  });
});

test.each([400, 401, 403, 404, 409, 410, 413, 422])(
  'a receiver that refuses with %d is not asked again',
  async (status) => {
    const { origin, received } = await startReceiver(answering(status, {}, 'no_service'));
    expect(await notify(origin)).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: `it answered ${status}: no_service`,
    });
    expect(received).toHaveLength(1);
  },
);

describe('a doubtful delivery is reported and not repeated', () => {
  test.each([500, 502, 503, 504, 408])('after a response of %d', async (status) => {
    const { origin, received } = await startReceiver(answering(status));
    expect(await notify(origin)).toEqual({
      channel: 'team',
      kind: 'slack',
      result: 'doubtful',
      attempts: 1,
      reason: `it answered ${status}`,
    });
    expect(received).toHaveLength(1);
  });

  it('when no response comes in time', async () => {
    const { origin, received } = await startReceiver(() => {});
    expect(await notify(origin)).toMatchObject({
      result: 'doubtful',
      attempts: 1,
      reason: 'after it was sent, it did not answer in time',
    });
    expect(received).toHaveLength(1);
  });

  it('when the connection is reset once the message was sent', async () => {
    let connections = 0;
    const at = await startSocket((socket) => {
      connections++;
      socket.once('data', () => socket.resetAndDestroy());
    });
    expect(await notify(`http://${at}`)).toMatchObject({
      result: 'doubtful',
      attempts: 1,
      reason: 'after it was sent, the connection was reset',
    });
    expect(connections).toBe(1);
  });

  it('when the connection is closed without a response', async () => {
    const at = await startSocket((socket) => socket.once('data', () => socket.end()));
    expect(await notify(`http://${at}`)).toMatchObject({ result: 'doubtful', attempts: 1 });
  });

  it('when the response is not HTTP', async () => {
    const at = await startSocket((socket) => socket.once('data', () => socket.write('hello\r\n')));
    expect(await notify(`http://${at}`)).toMatchObject({ result: 'doubtful', attempts: 1 });
  });
});

describe('an answer', () => {
  test.each([301, 307, 308])('a redirect with %d is not followed', async (status) => {
    const other = await startReceiver(answering(200));
    const { origin } = await startReceiver(answering(status, { location: `${other.origin}/` }));
    expect(await notify(origin)).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: `it answered ${status}, a redirect, which is not followed`,
    });
    expect(other.received).toHaveLength(0);
  });

  test.each([302, 303])('of %d may come after the work was done', async (status) => {
    const { origin } = await startReceiver(answering(status, { location: '/done' }));
    expect(await notify(origin)).toMatchObject({ result: 'doubtful', attempts: 1 });
  });

  it('that does not end is not read completely', async () => {
    let written = 0;
    const { origin } = await startReceiver((response) => {
      response.writeHead(400);
      const more = () => {
        while (!response.destroyed && written < 50_000_000) {
          written += 65_536;
          if (!response.write('x'.repeat(65_536))) return;
        }
      };
      response.on('drain', more);
      more();
    });
    const report = await notify(origin);
    expect(report).toMatchObject({ result: 'not-delivered', attempts: 1 });
    expect(JSON.stringify(report).length).toBeLessThan(400);
    expect(written).toBeLessThan(50_000_000);
  });
});

it('a channel that hangs delays no other, and all return within the limit', async () => {
  const hanging = await startReceiver(() => {});
  const quick = await startReceiver(answering(202));
  const { channel, env } = slackAt(hanging.origin);
  const reports = await send([channel, pagerDutyAt(quick.origin)], { env });
  expect(reports.map(({ result }) => result)).toEqual(['doubtful', 'delivered']);
});

it('a secret that cannot be read completely delays no other channel either', async () => {
  const { channel } = slackAt('');
  const [report] = await send([channel], { readSecret: () => new Promise(() => {}) });
  expect(report).toMatchObject({
    result: 'doubtful',
    attempts: 1,
    reason: 'the delivery did not end within its time limit',
  });
});
