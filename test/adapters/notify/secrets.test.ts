import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { quoteAnswer } from '../../../src/adapters/notify/quote-answer.ts';
import { signWebhook } from '../../../src/adapters/notify/sign-webhook.ts';
import type { ChannelSettings } from '../../../src/specs/kernel/notifications.ts';
import { closedPort } from '../json-http/stand-in.ts';
import { answering, startReceiver } from './receiver.ts';
import { mailTo, refusal, startMailServer } from './mail-server.ts';
import { ownCertificate } from './own-certificate.ts';
import { secrets, send, slackAt } from './sending.ts';

const forms = Object.values(secrets).flatMap((secret) => [
  secret,
  secret.slice(-8),
  secret.slice(0, 8),
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64'),
]);

/** Everything that a process writes, while something is done. */
async function watchOutput<Value>(act: () => Promise<Value>): Promise<[Value, string]> {
  const written: string[] = [];
  const keep = (...output: unknown[]) => {
    written.push(output.map(String).join(' '));
    return true;
  };
  const levels = ['log', 'info', 'warn', 'error', 'debug'] as const;
  const watched = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep),
    ...levels.map((level) => vi.spyOn(console, level).mockImplementation(keep)),
  ];
  try {
    return [await act(), written.join('')];
  } finally {
    for (const spy of watched) spy.mockRestore();
  }
}

/** Every channel that knows a secret, at servers that repeat what they are told. */
async function notifyAll(origin: string, mailPort: number, caFile: string) {
  const { channel, env } = slackAt(origin);
  const channels: ChannelSettings[] = [
    channel,
    { name: 'pager', kind: 'pagerduty', routingKey: { env: 'ROUTING_KEY' }, url: origin },
    { name: 'audit', kind: 'webhook', url: { env: 'SLACK_URL' }, secret: { env: 'SIGNING_KEY' } },
    mailTo(mailPort, {
      tls: 'implicit',
      caFile,
      auth: { user: 'belay', password: { env: 'PASSWORD' } },
    }),
  ];
  return watchOutput(() => send(channels, { env }));
}

describe('no secret is in a report, a log or a notification', () => {
  test.each([200, 400, 404, 429, 500])(
    'where receivers answer %d and repeat it',
    async (status) => {
      const echo = await startReceiver((response) => {
        const { path, headers, body } = echo.received.at(-1)!;
        response.writeHead(status).end(JSON.stringify({ path, headers, body, all: secrets }));
      });
      const { cert, key, certFile } = ownCertificate();
      const { port } = await startMailServer({
        secure: true,
        cert,
        key,
        onAuth: ({ password }, _session, done) => {
          const sent = String(password);
          done(refusal(535, `${sent} ${Buffer.from(sent).toString('base64')}`));
        },
      });
      const [reports, written] = await notifyAll(echo.origin, port, certFile);
      expect(reports).toHaveLength(4);
      const output = JSON.stringify(reports) + written;
      expect(forms.filter((form) => output.includes(form))).toEqual([]);
    },
  );

  it('if a mail server repeats the password later', async () => {
    const { cert, key, certFile } = ownCertificate();
    const { port } = await startMailServer({
      secure: true,
      cert,
      key,
      onAuth: (_login, _session, done) => done(null, { user: 'belay' }),
      onMailFrom: (_from, _session, done) => done(refusal(550, `no: ${secrets.PASSWORD}`)),
    });
    const echo = await startReceiver(answering(200));
    const [reports, written] = await notifyAll(echo.origin, port, certFile);
    expect(reports[3]).toMatchObject({ reason: 'the server answered 550' });
    const output = JSON.stringify(reports) + written;
    expect(forms.filter((form) => output.includes(form))).toEqual([]);
  });

  it('where nobody listens', async () => {
    const { certFile } = ownCertificate();
    const port = await closedPort();
    const [reports, written] = await notifyAll(`http://127.0.0.1:${port}`, port, certFile);
    expect(reports.map(({ result }) => result)).toEqual(Array(4).fill('not-delivered'));
    const output = JSON.stringify(reports) + written;
    expect(forms.filter((form) => output.includes(form))).toEqual([]);
  });

  it('if the secret cannot be used', async () => {
    const { channel } = slackAt('');
    const [reports] = await watchOutput(() =>
      send([channel], { env: { SLACK_URL: `not-an-address ${secrets.ROUTING_KEY}` } }),
    );
    expect(reports).toEqual([
      {
        channel: 'team',
        kind: 'slack',
        result: 'not-delivered',
        attempts: 1,
        reason:
          'the variable SLACK_URL holds no address; it begins with https:// or http:// and has no user and password',
      },
    ]);
  });

  it('after an unexpected error', async () => {
    const { channel } = slackAt('');
    const readSecret = () => Promise.reject(new Error(secrets.ROUTING_KEY));
    expect(await send([channel], { readSecret })).toEqual([
      {
        channel: 'team',
        kind: 'slack',
        result: 'doubtful',
        attempts: 1,
        reason: 'the delivery failed with an unexpected error',
      },
    ]);
  });
});

it('a secret in a file can be changed under a running worker', async () => {
  const { origin, received } = await startReceiver(answering(200));
  const folder = await mkdtemp(join(tmpdir(), 'belay-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'url');
  const channel: ChannelSettings = { name: 'team', kind: 'slack', url: { file } };
  await writeFile(file, `${origin}/old\n`);
  await send([channel]);
  await writeFile(file, `${origin}/new\n`);
  await send([channel]);
  await rm(file);
  expect(await send([channel])).toMatchObject([
    { result: 'not-delivered', attempts: 1, reason: `the file ${file} cannot be read (ENOENT)` },
  ]);
  expect(received.map(({ path }) => path)).toEqual(['/old', '/new']);
});

test.each([
  ['channel_is_archived', 'channel_is_archived'],
  ['  two\r\nlines\u001b[31m ', 'two lines [31m'],
  ['', undefined],
  ['invalid key R0UT1NGK', undefined],
  ['invalid key r0ut1ngkey0123456789', undefined],
  ['invalid key R0UT1NG', 'invalid key R0UT1NG'],
])('an answer of %j is quoted as %j', (answer, quoted) => {
  expect(quoteAnswer(answer, [secrets.ROUTING_KEY])).toBe(quoted);
});

it('a long answer is quoted in part, and searched for secrets as a whole', () => {
  expect(quoteAnswer('x'.repeat(5_000), ['secret-of-ours'])).toHaveLength(161);
  expect(quoteAnswer(`${'x'.repeat(1_000)}secret-of-ours`, ['secret-of-ours'])).toBeUndefined();
});

it('signatures are those of Standard Webhooks', () => {
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', atMs: 1_614_265_330_000 };
  const body = '{"test": 2432232314}';
  expect(signWebhook({ ...message, body }, secrets.SIGNING_KEY)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});
