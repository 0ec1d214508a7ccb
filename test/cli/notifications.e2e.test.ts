/** `belay notifications test`, as a person runs it, with receivers that are really asked. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { answering, startReceiver } from '../adapters/notify/receiver.ts';
import { secrets } from '../adapters/notify/sending.ts';
import { builtProgram } from '../fixtures/built.ts';

const command = await builtProgram('src/cli/main');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-trial-'));
});
afterAll(() => rm(folder, { recursive: true }));

function belay(args: string[], env: Record<string, string>) {
  return new Promise<{ code: number; output: string }>((resolve) => {
    const argv = [...command, 'notifications', 'test', ...args];
    const options = { env: { PATH: process.env['PATH'], HOME: folder, ...env } };
    execFile(process.execPath, argv, options, (error, stdout, stderr) => {
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr });
    });
  });
}

async function settings(content: object): Promise<string> {
  const file = join(folder, 'notifications.yaml');
  await writeFile(file, stringify(content));
  return file;
}

async function onCallAndTeam(slackAnswers = 200) {
  const slack = await startReceiver(answering(slackAnswers, {}, `no: ${secrets.SLACK_PATH}`));
  const pager = await startReceiver(answering(202, {}, '{"status":"success"}'));
  const file = await settings({
    channels: {
      team: { slack: { url: { env: 'SLACK_URL' } } },
      'on-call': { pagerduty: { routingKey: { env: 'ROUTING_KEY' }, url: `${pager.origin}/v2` } },
    },
    routes: [
      { severity: 'critical', to: ['on-call', 'team'] },
      { to: 'team', template: { title: 'To the team: {{title}}' } },
    ],
  });
  const env = {
    BELAY_NOTIFICATIONS: file,
    SLACK_URL: `${slack.origin}${secrets.SLACK_PATH}`,
    ROUTING_KEY: secrets.ROUTING_KEY,
  };
  return { slack, pager, env };
}

test('every channel gets a trial, and what it opens in PagerDuty is resolved', async () => {
  const { slack, pager, env } = await onCallAndTeam();
  const { code, output } = await belay([], env);
  expect({ code, output }).toEqual({
    code: 0,
    output: [
      'team (slack): delivered',
      'on-call (pagerduty): delivered',
      'on-call (pagerduty), to resolve it: delivered',
      '',
    ].join('\n'),
  });
  expect(slack.received[0]?.body).toContain('Belay: a trial of notifications');
  const events = pager.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  expect(events.map((event) => event['event_action'])).toEqual(['trigger', 'resolve']);
  expect(new Set(events.map((event) => event['dedup_key'])).size).toBe(1);
});

test('a channel that refuses is told, with its answer and without its secret; without a file nobody is tried', async () => {
  const { env } = await onCallAndTeam(403);
  const [{ code, output }, missing] = await Promise.all([
    belay(['--channel', 'team'], env),
    belay([], {}),
  ]);
  expect(code).toBe(1);
  expect(output).toMatch(/^team \(slack\): not-delivered: it answered 403/);
  expect(output).not.toContain(secrets.SLACK_PATH);
  expect(missing).toMatchObject({ code: 2, output: expect.stringContaining('--file') });
});

test('one route is tried in its own words, and nobody else is told', async () => {
  const { slack, pager, env } = await onCallAndTeam();
  const { code, output } = await belay(['--route', '2', '--json'], env);
  expect({ code, tried: JSON.parse(output) as unknown }).toEqual({
    code: 0,
    tried: [{ channel: 'team', kind: 'slack', attempts: 1, result: 'delivered', what: 'sent' }],
  });
  expect(slack.received[0]?.body).toContain('To the team: Belay: a trial');
  expect(pager.received).toEqual([]);
});
