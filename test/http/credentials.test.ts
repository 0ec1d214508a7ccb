import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GatewaySettings } from '../../src/config/config.ts';
import { readCredentials } from '../../src/http/credentials.ts';

const toRollouts = { kind: 'verbs', lock: 'rollout' } as const;
const folder = mkdtempSync(join(tmpdir(), 'belay-credentials-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const settings = (over: Partial<GatewaySettings>): GatewaySettings => ({
  ...{ port: 7480, address: '127.0.0.1', requestsPerMinute: 600 },
  ...over,
});

describe('who may send webhooks', () => {
  it('is everybody on this machine where nothing is said', () => {
    expect(readCredentials(settings({}))).toEqual({ tokens: [], signingSecrets: [] });
  });

  it('must be said before anybody else can reach the gateway', () => {
    expect(() => readCredentials(settings({ address: '0.0.0.0' }))).toThrow(
      /BELAY_GATEWAY_TOKEN_FILE: missing, .* on 0\.0\.0\.0 anybody could send webhooks/,
    );
  });

  it('is read from files, a secret a line, some with a name', () => {
    const tokenFile = file('tokens', '# CI\nci  0123456789abcdef\n\nfedcba9876543210\n');
    expect(readCredentials(settings({ tokenFile, address: '0.0.0.0' })).tokens).toEqual([
      { name: 'ci', secret: '0123456789abcdef' },
      { secret: 'fedcba9876543210' },
    ]);
  });

  it('is refused with every problem, none of which shows a secret', () => {
    const tokenFile = file('short', 'ana hunter2\n');
    const signingFile = join(folder, 'missing');
    const reading = () => readCredentials(settings({ tokenFile, signingFile }));
    expect(reading).toThrow(/TOKEN_FILE: .*short: line 1: a secret has at least 16 characters/);
    expect(reading).toThrow(/SIGNING_FILE: .*ENOENT/);
    expect(reading).not.toThrow(/hunter2/);
  });

  it('is limited by the scopes on its line', () => {
    const lines = [
      'alertmanager 0123456789abcdef alerts',
      'fedcba9876543210 read verbs',
      'ci 00112233445566778 verbs:demo/shop:promote,abort verbs:staging/* read',
    ];
    const tokenFile = file('scoped', lines.join('\n'));
    expect(readCredentials(settings({ tokenFile })).tokens).toEqual([
      { name: 'alertmanager', secret: '0123456789abcdef', scopes: [{ kind: 'alerts' }] },
      { secret: 'fedcba9876543210', scopes: [{ kind: 'read' }, toRollouts] },
      {
        name: 'ci',
        secret: '00112233445566778',
        scopes: [
          { ...toRollouts, environment: 'demo', name: 'shop', verbs: ['promote', 'abort'] },
          { ...toRollouts, environment: 'staging' },
          { kind: 'read' },
        ],
      },
    ]);
  });

  it('names every bad line, and never a secret that is in the wrong place', () => {
    const tokenFile = file(
      'bad',
      'ci alerts 0123456789abcdef\nana short alerts hunter2hunter2hu\n',
    );
    const reading = () => readCredentials(settings({ tokenFile }));
    expect(reading).toThrow(/line 1: [^]*line 2: /);
    expect(reading).not.toThrow(/0123456789abcdef|hunter2/);
  });

  it.each([
    ['no secret', '# nothing yet\n', /it holds no secret/],
    ['a line with too much on it', 'ana bo 0123456789abcdef\n', /line 1: write "secret" or/],
    ['a scope where the secret should be', 'ci verbs:demo/shop:promote\n', /line 1: a secret has/],
    [
      'a scope that does not exist',
      'ci 0123456789abcdef alerts verb:demo/shop\n',
      /line 1: "verb:demo\/shop" is not a scope; there are alerts, read, declare, /,
    ],
    [
      'a scope with a verb that does not exist',
      'ci 0123456789abcdef verbs:demo\/shop:promote,dance\n',
      /line 1: .*there is no verb "dance"/,
    ],
    ['a secret behind the scopes', 'ci alerts 0123456789abcdef\n', /line 1: a secret has/],
  ])('is refused where the file has %s', (_, text, problem) => {
    const tokenFile = file('odd', text);
    expect(() => readCredentials(settings({ tokenFile }))).toThrow(problem);
  });
});
