import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import type { ChannelSettings } from '../../../src/specs/kernel/notifications.ts';
import { mailTo, startMailServer } from './mail-server.ts';
import { answering, startReceiver } from './receiver.ts';
import { send } from './sending.ts';

function webhookAt(url: string): ChannelSettings {
  return { name: 'audit', kind: 'webhook', url, secret: { env: 'SIGNING_KEY' } };
}

/** A name server that answers every name with these addresses, one after the other. */
function resolveNamesTo(...addresses: string[]) {
  const answer = (
    hostname: string,
    options: dns.LookupOptions,
    done: (...args: unknown[]) => void,
  ) => {
    const address = addresses.length > 1 ? addresses.shift() : addresses[0];
    const family = address?.includes(':') ? 6 : 4;
    if (options.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(answer as unknown as typeof dns.lookup);
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
}

describe('a mail server', () => {
  it('on the machine of the worker is reached only where its address says so', async () => {
    const mails: string[] = [];
    const server = await startMailServer({
      onMailFrom({ address }, _session, callback) {
        mails.push(address);
        callback();
      },
    });
    resolveNamesTo('127.0.0.1');
    const [refused] = await send([mailTo(server.port, { host: 'mail.example.com' })]);
    expect(refused).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: 'the receiver is the machine that the worker runs on',
    });
    expect(mails).toEqual([]);
    expect(await send([mailTo(server.port)])).toMatchObject([{ result: 'delivered' }]);
  });

  it('is never a link-local address', async () => {
    const [refused] = await send([mailTo(25, { host: '169.254.169.254' })]);
    expect(refused).toMatchObject({
      attempts: 1,
      reason: 'the receiver has a link-local address, which Belay never contacts',
    });
  });
});

describe('a name that resolves to another address', () => {
  it('gets nothing on the machine of the worker', async () => {
    const { port, received } = await startReceiver(answering(200));
    resolveNamesTo('127.0.0.1');
    expect(await send([webhookAt(`http://hooks.example.com:${port}/`)])).toEqual([
      {
        channel: 'audit',
        kind: 'webhook',
        result: 'not-delivered',
        attempts: 1,
        reason: 'the receiver is the machine that the worker runs on',
      },
    ]);
    expect(received).toHaveLength(0);
  });

  it('is checked again at every attempt, by the address of the connection', async () => {
    const { port, received } = await startReceiver(answering(200));
    // The first address is nobody's; the second try would reach this machine.
    resolveNamesTo('192.0.2.1', '127.0.0.1');
    const [report] = await send([webhookAt(`http://hooks.example.com:${port}/`)]);
    expect(report).toMatchObject({
      result: 'not-delivered',
      reason: 'the receiver is the machine that the worker runs on',
    });
    expect(received).toHaveLength(0);
  });

  test.each([
    ['169.254.169.254', 'has a link-local address, which Belay never contacts'],
    ['fe80::1', 'has a link-local address, which Belay never contacts'],
    ['fd00:ec2::254', 'is a cloud metadata service, which Belay never contacts'],
  ])('to %s is not connected to', async (address, refusal) => {
    resolveNamesTo(address);
    expect(await send([webhookAt('http://hooks.example.com/')])).toMatchObject([
      { result: 'not-delivered', attempts: 1, reason: `the receiver ${refusal}` },
    ]);
  });
});

test.each([
  'http://169.254.169.254/latest/meta-data',
  'http://0xa9fea9fe/',
  'http://[::ffff:169.254.169.254]/',
  'http://metadata.google.internal/',
  'http://[fd00:ec2::254]/',
])('%s is refused before anything is sent, also as a secret', async (url) => {
  const slack: ChannelSettings = { name: 'team', kind: 'slack', url: { env: 'SLACK_URL' } };
  const pager: ChannelSettings = {
    name: 'pager',
    kind: 'pagerduty',
    routingKey: { env: 'ROUTING_KEY' },
    url,
  };
  const reports = await send([webhookAt(url), slack, pager], { env: { SLACK_URL: url } });
  for (const report of reports) {
    expect(report).toMatchObject({
      result: 'not-delivered',
      attempts: 1,
      reason: expect.stringMatching(/which Belay never contacts$/),
    });
  }
});

test.each(['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]'])(
  'the machine of the worker, written as %s in the settings, gets its notification',
  async (host) => {
    const { port, received } = await startReceiver(answering(200));
    expect(await send([webhookAt(`http://${host}:${port}/`)])).toMatchObject([
      { result: 'delivered' },
    ]);
    expect(received).toHaveLength(1);
  },
);

describe('an answer is not quoted', () => {
  test.each([
    ['of a web page', '<html><title>Payroll of ACME</title></html>'],
    ['of an internal API', '{"accessKeyId":"AKIA4242","secretAccessKey":"wJalrXUtnFEMI"}'],
    ['of words that may be a password', 'correct horse battery staple'],
    ['that is a token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ])('%s', async (_, body) => {
    const { origin } = await startReceiver(answering(403, {}, body));
    const channels: ChannelSettings[] = [
      webhookAt(`${origin}/`),
      { name: 'team', kind: 'slack', url: { env: 'SLACK_URL' } },
      { name: 'pager', kind: 'pagerduty', routingKey: { env: 'ROUTING_KEY' }, url: origin },
    ];
    for (const report of await send(channels, { env: { SLACK_URL: origin } })) {
      expect(report).toMatchObject({ result: 'not-delivered', reason: 'it answered 403' });
    }
  });
});

it('the error code of Slack and the reasons of PagerDuty are quoted', async () => {
  const slack = await startReceiver(answering(404, {}, 'channel_is_archived'));
  const answer = {
    status: 'invalid event',
    message: 'Event object is invalid',
    errors: ["'payload.severity' is missing"],
  };
  const pager = await startReceiver(answering(400, {}, JSON.stringify(answer)));
  const reports = await send(
    [
      { name: 'team', kind: 'slack', url: { env: 'SLACK_URL' } },
      { name: 'pager', kind: 'pagerduty', routingKey: { env: 'ROUTING_KEY' }, url: pager.origin },
    ],
    { env: { SLACK_URL: slack.origin } },
  );
  expect(reports).toMatchObject([
    { reason: 'it answered 404: channel_is_archived' },
    { reason: "it answered 400: Event object is invalid: 'payload.severity' is missing" },
  ]);
});
