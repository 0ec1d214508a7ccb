import { readFile } from 'node:fs/promises';
import { describe, expect, it, test } from 'vitest';
import { notificationEvents } from '../../../src/kinds/notification-events.ts';
import { placeholderNames } from '../../../src/policies/kernel/notifications/template.ts';
import { channelKinds } from '../../../src/specs/kernel/notifications.ts';
import { resolveNotifications } from '../../../src/specs/kernel/notifications-resolve.ts';
import { refuseSecret } from '../../../src/specs/kernel/notifications-secrets.ts';
import { formatProblems } from '../../../src/specs/kernel/problems.ts';

function problemsOf(text: string): string {
  const resolution = resolveNotifications(text);
  if (resolution.ok) return '';
  const { problems, lineOf } = resolution;
  return formatProblems(problems, { source: 'n.yaml', ...(lineOf && { lineOf }) });
}

function channel(written: string): string {
  return `channels:\n  team: { ${written} }\nroutes:\n  - to: team\n`;
}

function route(written: string): string {
  return `channels:\n  team: { slack: { url: { env: SLACK } } }\nroutes:\n  - { ${written} }\n`;
}

it('the example is a settings file that can be used as it is', async () => {
  const example = new URL('../../../examples/settings/notifications.yaml', import.meta.url);
  const resolution = resolveNotifications(await readFile(example, 'utf8'));
  expect(resolution).toMatchObject({
    ok: true,
    settings: {
      channels: [
        { name: 'deployments', kind: 'slack', url: { env: 'SLACK_WEBHOOK_URL' } },
        { name: 'on-call', kind: 'pagerduty', url: 'https://events.pagerduty.com/v2/enqueue' },
        { name: 'release-managers', kind: 'email', port: 587, tls: 'starttls' },
        { name: 'audit', kind: 'webhook', secret: { file: '/run/secrets/audit-signing-key' } },
      ],
      routes: [
        { to: [] },
        { event: ['approval-needed'] },
        {},
        {},
        { to: ['deployments', 'audit'] },
      ],
    },
  });
});

describe('the documentation', async () => {
  const page = await readFile(new URL('../../../docs/notifications.md', import.meta.url), 'utf8');

  it('shows settings that can be used as they are, and templates', () => {
    const [settings = '', template = ''] = [...page.matchAll(/```yaml\n([^]*?)```/g)].map(
      ([, block]) => block,
    );
    expect(problemsOf(settings)).toBe('');
    expect(problemsOf(`${settings}${template.replace(/^/gm, '    ')}`)).toBe('');
  });

  it.each([...notificationEvents, ...channelKinds, ...placeholderNames])('explains %s', (word) => {
    expect(page).toContain(`\`${word}\``);
  });
});

it('a single value stands for a list of one', () => {
  const resolution = resolveNotifications(route('event: failed, service: shop-*, to: team'));
  expect(resolution).toMatchObject({
    settings: { routes: [{ event: ['failed'], service: ['shop-*'], to: ['team'] }] },
  });
});

test.each([
  ['starttls', 587],
  ['implicit', 465],
  ['none', 25],
])('mail goes to its usual port with tls: %s', (tls, port) => {
  const written = `email: { host: mail, tls: ${tls}, from: a@example.com, to: b@example.com }`;
  expect(resolveNotifications(channel(written))).toMatchObject({
    settings: { channels: [{ tls, port, to: ['b@example.com'] }] },
  });
});

it('every problem is told at once, with its line', () => {
  const text = `channels:
  team:
    slack: { url: https://hooks.slack.com/services/T0/B0/s3cr3t }
  mail:
    email: { host: mail, tls: tls, from: belay, to: [] }
  both: { slack: { url: { env: A } }, webhook: { url: { env: B }, secret: { env: C } } }
  none: {}
routes:
  - to: [team, teem]
    event: faild
  - service: Shop
  - to: []
  - to: mail
    template: { title: "{{versoin}} of {{service", subject: x }
other: 1
`;
  expect(problemsOf(text).split('\n')).toEqual([
    'n.yaml: 14 problems',
    expect.stringMatching(
      /^ {2}line 3, channels\.team\.slack\.url: the webhook address is a secret/,
    ),
    expect.stringMatching(/^ {2}line 5, channels\.mail\.email\.tls: "tls" is not accepted/),
    expect.stringMatching(
      /^ {2}line 5, channels\.mail\.email\.from: not accepted; write an address/,
    ),
    expect.stringMatching(/^ {2}line 5, channels\.mail\.email\.to: empty; name at least one/),
    expect.stringMatching(/^ {2}line 6, channels\.both: of 2 kinds/),
    expect.stringMatching(/^ {2}line 7, channels\.none: of no kind/),
    expect.stringMatching(/^ {2}line 9, routes\[0\]\.to\[1\]: there is no channel .*mean "team"/),
    expect.stringMatching(/^ {2}line 10, routes\[0\]\.event\[0\]: "faild" .*mean "failed"/),
    expect.stringMatching(/^ {2}line 11, routes\[1\]\.service\[0\]: "Shop" is not accepted/),
    expect.stringMatching(/^ {2}line 11, routes\[1\]\.to\[0\]: missing/),
    expect.stringMatching(/^ {2}line 13, routes\[3\]: never reached: route 3 takes everything/),
    expect.stringMatching(
      /^ {2}line 14, routes\[3\]\.template\.title: there is no .*mean "version"/,
    ),
    expect.stringMatching(/^ {2}line 14, routes\[3\]\.template\.subject: write title/),
    expect.stringMatching(/^ {2}line 15, other: unknown key/),
  ]);
});

describe('a secret that is written out is refused and not repeated', () => {
  const secret = 'hunter2-T0123ABC';
  test.each([
    ['for a whole channel', `channels: { team: ${secret} }\nroutes: []`],
    ['for all channels', `channels: ${secret}\nroutes: []`],
    ['for the settings of Slack', channel(`slack: ${secret}`)],
    ['as the address of Slack', channel(`slack: { url: "https://hooks.slack.com/${secret}" }`)],
    ['as the name of a variable', channel(`slack: { url: { env: "https://x/${secret}" } }`)],
    ['as the path of a file', channel(`slack: { url: { file: ${secret} } }`)],
    ['beside its place', channel(`slack: { url: { env: A, file: ${secret} } }`)],
    ['as a routing key', channel(`pagerduty: { routingKey: ${secret} }`)],
    [
      'in the address of PagerDuty',
      channel(`pagerduty: { routingKey: { env: A }, url: "https://x/?k=${secret}" }`),
    ],
    [
      'in the address of a webhook',
      channel(`webhook: { url: "https://u:${secret}@x/", secret: { env: A } }`),
    ],
    ['in its query', channel(`webhook: { url: "https://x/?token=${secret}", secret: { env: A } }`)],
    ['as its signing key', channel(`webhook: { url: "https://x/", secret: ${secret} }`)],
    [
      'in the host of a mail server',
      channel(`email: { host: "smtp://u:${secret}@mail", from: a@b.c, to: a@b.c }`),
    ],
    [
      'as its password',
      channel(
        `email: { host: mail, from: a@b.c, to: a@b.c, auth: { user: u, password: ${secret} } }`,
      ),
    ],
    ['as its login', channel(`email: { host: mail, from: a@b.c, to: a@b.c, auth: ${secret} }`)],
    ['where YAML takes it for an alias', channel(`slack: { url: *${secret} }`)],
    ['where YAML takes it for a tag', channel(`slack: { url: !${secret} x }`)],
    ['where the file is cut off', `channels: { team: { slack: { url: "${secret}`],
  ])('%s', (_where, text) => {
    const problems = problemsOf(text);
    expect(problems).toMatch(/problem/);
    expect(problems).not.toMatch(/hunter2|T0123/);
  });

  it('and the advice says how to write it', () => {
    expect(
      problemsOf(channel('slack: { url: https://hooks.slack.com/services/T0/B0/x }')),
    ).toContain(
      'keep it in a variable or a file, and write { env: NAME } or { file: /absolute/path }',
    );
  });
});

describe('refused, too', () => {
  test.each([
    [
      'a password without TLS',
      channel(
        'email: { host: mail, tls: none, from: a@b.c, to: a@b.c, auth: { user: u, password: { env: P } } }',
      ),
      'sent over TLS alone',
    ],
    [
      'a webhook without a signing key',
      channel('webhook: { url: https://example.com/ }'),
      'webhook.secret: missing',
    ],
    ['a Slack channel without an address', channel('slack: {}'), 'slack.url: missing'],
    [
      'a template with a brace too many',
      route('to: team, template: { text: "{{version}}}}" }'),
      '{{ and }} do not match',
    ],
    [
      'a template that YAML reads as a mapping',
      route('to: team, template: { text: {{version}} }'),
      'write text with placeholders, in quotes',
    ],
    [
      'a key of another tool',
      route('to: team, continue: true'),
      'the first route that fits decides',
    ],
    [
      'a second recipient smuggled into an address',
      channel('email: { host: mail, from: "a@b.c\\r\\nBcc: x@y.z", to: a@b.c }'),
      'email.from: not accepted',
    ],
    ['no settings at all', '', 'channels, routes'],
    ['a list', '- to: team', 'channels, routes'],
  ])('%s', (_title, text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });
});

test.each([
  ['address', 'https://hooks.slack.com/services/T0/B0/x', true],
  ['address', 'hooks.slack.com/services/T0/B0/x', false],
  ['address', 'https://user:password@example.com', false],
  ['address', 'file:///etc/passwd', false],
  ['routing key', 'R0123456789ABCDEF', true],
  ['routing key', 'two words', false],
  ['password', 'pass word', true],
  ['password', 'two\nlines', false],
  ['signing key', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', true],
  ['signing key', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', true],
  ['signing key', 'short', false],
  ['certificates', 'no PEM', false],
] as const)('as %s, what begins with %j is good: %s', (purpose, value, isGood) => {
  const complaint = refuseSecret(purpose, value);
  expect(complaint === undefined).toBe(isGood);
  expect(complaint ?? '').not.toContain(value);
});
