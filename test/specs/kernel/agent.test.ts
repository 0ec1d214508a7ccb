import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { resolveHostSettings } from '../../../src/specs/agent-settings.ts';
import { formatProblems } from '../../../src/specs/kernel/problems.ts';

function problemsOf(text: string): string[] {
  const resolution = resolveHostSettings(text);
  if (resolution.ok) return [];
  const { problems, lineOf } = resolution;
  const said = formatProblems(problems, { source: 'agent.yaml', ...(lineOf && { lineOf }) });
  return said
    .split('\n')
    .slice(1)
    .map((line) => line.trim().replace(/^line \d+, /, ''));
}

const around = (commands: string) =>
  `name: db-1\nstateFolder: /var/lib/belay-agent\ncommands: ${commands}\n`;
const command = (written: string) =>
  around(`{ vacuum: { description: d, timeout: 1m, ${written} } }`);
const probe = (written: string) => `${around('{}')}probes: { db: { ${written} } }\n`;

it('the example is a settings file that can be used as it is', async () => {
  const example = new URL('../../../examples/settings/agent.yaml', import.meta.url);
  const resolution = resolveHostSettings(await readFile(example, 'utf8'));
  expect(resolution).toMatchObject({
    ok: true,
    settings: {
      name: 'db-1',
      commands: [
        { name: 'vacuum', parameters: { table: { pattern: '[a-z_]{1,63}' } }, timeoutMs: 600_000 },
        {
          name: 'block-port',
          lease: { longestMs: 600_000 },
          parameters: { port: { least: 1024 } },
        },
      ],
      probes: [
        { name: 'accepts-connections', what: { kind: 'tcp', port: 5432 } },
        { name: 'is-primary', what: { kind: 'command', exitCode: 0, matches: 'f' } },
        { name: 'answers-through-proxy', what: { kind: 'command', exitCode: 0 } },
        { name: 'shop', what: { kind: 'http', status: [200, 204], contains: '"ready":true' } },
      ],
    },
  });
});

it('the documentation shows settings that can be used as they are', async () => {
  const page = await readFile(new URL('../../../docs/agents.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```yaml\n(name:[^]*?)```/g)].map(([, block = '']) => block);
  expect(blocks.length).toBeGreaterThan(0);
  for (const block of blocks) expect(problemsOf(block)).toEqual([]);
});

it('what is published of a probe by HTTP is its address without its parameters', () => {
  const resolution = resolveHostSettings(
    probe('http: { url: "http://127.0.0.1:8080/health?token=s3cret#s3cret" }'),
  );
  expect(resolution).toMatchObject({
    ok: true,
    settings: { probes: [{ description: 'GET http://127.0.0.1:8080/health' }] },
  });
});

describe('settings of an agent are refused with what was given and what is accepted', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'missing; write a mapping with the keys name, stateFolder'],
    [
      'a name that is none',
      around('{}').replace('db-1', 'DB 1'),
      `name: "DB 1" is not accepted; write lowercase letters`,
    ],
    [
      'a relative state folder',
      around('{}').replace('/var', 'var'),
      'stateFolder: "var/lib/belay-agent" is not accepted; write the absolute path',
    ],
    ['a misspelt key', `${around('{}')}probe: {}\n`, 'probe: unknown key; did you mean "probes"?'],
    [
      'a command without a program',
      command('grace: 1s'),
      'commands.vacuum: runs nothing; write argv, or lease',
    ],
    [
      'a line for a shell',
      command('argv: vacuumdb shop'),
      'commands.vacuum.argv: "vacuumdb shop" is not accepted; write a list',
    ],
    [
      'a shell',
      command('argv: [/bin/bash, -c, reboot]'),
      'commands.vacuum.argv[0]: "/bin/bash" is a shell, which an agent never runs',
    ],
    [
      'a program that is looked for',
      command('argv: [vacuumdb]'),
      'commands.vacuum.argv[0]: "vacuumdb" is not a fixed program',
    ],
    [
      'a program that a run chooses',
      command(`argv: ['/bin/{{x}}'], parameters: { x: { oneOf: [a] } }`),
      'is not a fixed program',
    ],
    [
      'a number as an argument',
      command('argv: [/bin/x, 5]'),
      'commands.vacuum.argv[1]: 5 is not text; put it in quotes',
    ],
    [
      'a parameter that is not declared',
      command(`argv: [/bin/x, '{{table}}']`),
      'commands.vacuum.argv[1]: there is no parameter "table"; declare it',
    ],
    [
      'a parameter that nothing uses',
      command('argv: [/bin/x], parameters: { table: { oneOf: [a] } }'),
      'commands.vacuum.parameters.table: no argument has {{table}} in it',
    ],
    [
      'braces that enclose no name',
      command(`argv: [/bin/x, '{{ table }}']`),
      'has braces that enclose no name',
    ],
    [
      'a pattern that is none',
      command(`argv: [/bin/x, '{{t}}'], parameters: { t: { pattern: '[' } }`),
      'commands.vacuum.parameters.t.pattern: "[" is not a regular expression',
    ],
    [
      'a parameter of two kinds',
      command(`argv: [/bin/x, '{{t}}'], parameters: { t: { pattern: a, oneOf: [a] } }`),
      'has pattern and oneOf; write one of',
    ],
    [
      'bounds the wrong way round',
      command(`argv: [/bin/x, '{{t}}'], parameters: { t: { min: 5, max: 1 } }`),
      'commands.vacuum.parameters.t.min: 5 is more than max, 1',
    ],
    [
      'no timeout',
      around('{ vacuum: { description: d, argv: [/bin/x] } }'),
      'commands.vacuum.timeout: missing; write a number and ms, s, m, h or d',
    ],
    [
      'too much output',
      command('argv: [/bin/x], maxOutput: 5000000'),
      'commands.vacuum.maxOutput: 5000000 is not accepted; write a whole number from 1024',
    ],
    [
      'a secret in plain text',
      command('argv: [/bin/x], secrets: { PGPASSWORD: hunter2 }'),
      'commands.vacuum.secrets.PGPASSWORD: the value of this variable is a secret and not written here',
    ],
    [
      'a variable that is a secret, too',
      command('argv: [/bin/x], environment: { A: b }, secrets: { A: { env: B } }'),
      'commands.vacuum.environment.A: is under secrets, too',
    ],
    [
      'a lease without an end',
      command('lease: { apply: [/bin/x], longest: 1m }'),
      'commands.vacuum.lease.revert: missing; write a list',
    ],
    [
      'a command and a lease',
      command('argv: [/bin/x], lease: { apply: [/bin/x], revert: [/bin/x], longest: 1m }'),
      'has argv and lease',
    ],
    [
      'a probe that asks nothing',
      probe('timeout: 1s'),
      'probes.db: asks nothing; write one of http, tcp, command',
    ],
    [
      'credentials in an address',
      probe('http: { url: "http://a:b@c/" }'),
      'probes.db.http.url: "http://a:b@c/" is not accepted',
    ],
    [
      'a port that is none',
      probe('tcp: { host: localhost, port: 0 }'),
      'probes.db.tcp.port: 0 is not accepted',
    ],
    [
      'a probe with arguments',
      probe(`command: { argv: [/bin/x, '{{t}}'] }`),
      'probes.db.command.argv[1]: has a placeholder',
    ],
  ])('%s', (_, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message);
  });

  it('all at once', () => {
    const text = `name: X\nstateFolder: y\ncommands: { a: { argv: [b] } }\n`;
    expect(problemsOf(text)).toHaveLength(5);
  });

  it('and a secret in the wrong place is not repeated', () => {
    const text = command('argv: [/bin/x], secrets: { A: { env: hunter2-is-no-name } }');
    expect(problemsOf(text).join()).not.toContain('hunter2');
  });
});
