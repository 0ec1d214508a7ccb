import { describe, expect, it } from 'vitest';
import { aDuration, leastCanary, problemsOfCanary } from './written-specs.ts';

const stage = (changes: object) => ({ stages: [{ weight: 5, hold: '10m', ...changes }] });
const release = (changes: object) => ({ release: { ...leastCanary.release, ...changes } });

describe('a canary spec is refused', () => {
  it.each<[string, object, string]>([
    ['with a key nobody knows', { wait: 1 }, 'wait: unknown key; known: kind, service,'],
    ['with a key that is no word', { 'a\nb': 1 }, '["a\\nb"]: unknown key; known: kind, service,'],
    [
      'with a key that is nearly one',
      { replica: 3 },
      'replica: unknown key; did you mean "replicas"? (known: kind,',
    ],
    [
      'with weights that do not rise',
      {
        stages: [
          { weight: 20, hold: '1m' },
          { weight: 20, hold: '1m' },
        ],
      },
      'stages[1].weight: 20 does not rise above the stage before it (20); weights must rise up to 100',
    ],
    [
      'with a weight above 100',
      stage({ weight: 101 }),
      'stages[0].weight: 101 is not accepted; write a whole number from 1 to 100',
    ],
    [
      'with a weight that is no whole number',
      stage({ weight: 2.5 }),
      'stages[0].weight: 2.5 is not accepted; write a whole number from 1 to 100',
    ],
    [
      'with a weight of 0',
      stage({ weight: 0 }),
      'stages[0].weight: 0 is not accepted; write a whole number from 1 to 100',
    ],
    [
      'with a hold without unit',
      stage({ hold: 10 }),
      `stages[0].hold: 10 has no unit; ${aDuration}`,
    ],
    [
      'with a hold in words',
      stage({ hold: 'ten minutes' }),
      `stages[0].hold: "ten minutes" is not a duration; ${aDuration}`,
    ],
    [
      'with a percentage for a hold',
      stage({ hold: '5%' }),
      `stages[0].hold: "5%" is a percentage where a duration belongs; ${aDuration}`,
    ],
    ['with an empty hold', stage({ hold: null }), `stages[0].hold: empty; ${aDuration}`],
    [
      'with a hold of years',
      stage({ hold: '900d' }),
      'stages[0].hold: "900d" is too long; at most 365d',
    ],
    [
      'with a hold of 0 that would measure nothing',
      stage({ hold: 0 }),
      'stages[0].hold: 0 would measure nothing; give the stage a hold, such as 10m, or write analysis: none',
    ],
    [
      'with a stage that has no hold',
      { stages: [{ weight: 5 }] },
      'stages[0].hold: missing; give the stage a hold, such as 10m, or write analysis: none',
    ],
    [
      'with a hold too short to measure in',
      stage({ hold: '900ms' }),
      'stages[0].hold: 900ms is too short to measure anything; at least 1s, or write analysis: none',
    ],
    [
      'with a hold that could never pass',
      { ...stage({ hold: '10s' }), analysis: { count: 6 } },
      'stages[0].hold: 10s has room for 5 measurements (one every 2s) and analysis.count wants 6, so it could never pass; make it longer, or lower one of count and interval',
    ],
    [
      'with a hold that could never fail',
      { ...stage({ hold: '10m' }), analysis: { failureLimit: 10 } },
      'stages[0].hold: 10m has room for 10 measurements (one every 1m) and analysis.failureLimit tolerates 10, so it could never fail; make it longer, or lower failureLimit',
    ],
    [
      'with an empty ladder',
      { stages: [] },
      'stages: an empty list is not accepted; write at least one stage, such as { weight: 5, hold: 10m }, or leave stages out for 5, 20, 50',
    ],
    [
      'for a target that does not exist',
      { target: { platform: 'nomad' } },
      'target.platform: there is no platform "nomad"; platforms that exist: local, kubernetes',
    ],
    [
      'for a target without a platform',
      { target: {} },
      'target.platform: missing; platforms that exist: local, kubernetes',
    ],
    [
      'for a target that is only a word',
      { target: 'local' },
      'target: "local" is not accepted; write a mapping such as { platform: local }',
    ],
    [
      'with a namespace on the local platform',
      { target: { platform: 'local', namespace: 'shop' } },
      'target.namespace: only for platform: kubernetes; leave it out',
    ],
    [
      'without a version',
      { release: { command: ['node', 'server.js'] } },
      'release.version: missing; write a version without spaces, at most 128 characters',
    ],
    [
      'with a smoke test beside the stages',
      { smoke: [{ path: '/health' }] },
      'smoke: belongs in a stage, such as stages: [{ weight: 5, hold: 10m }]',
    ],
    [
      'with a watch of its own',
      { watch: '5m' },
      'watch: a canary is watched while its stages are held; give the stages a hold',
    ],
    [
      'with an image for the local platform',
      release({ image: 'shop:v2' }),
      'release.image: the local platform runs commands, not images; write command: [program, argument, …]',
    ],
    [
      'with a release that nothing runs',
      { release: { version: 'v2' } },
      'release.command: missing; write the program and its arguments, such as [node, server.js]',
    ],
    [
      'with a command in one text',
      release({ command: 'node server.js' }),
      'release.command: "node server.js" is not accepted; write the program and its arguments as a list, such as [node, server.js]',
    ],
    [
      'with two ways to run a release',
      release({ inProcess: {} }),
      'release.inProcess: given together with command; a replica runs one of them, keep that',
    ],
    [
      'with a version that YAML took for a number',
      release({ version: 1.1 }),
      'release.version: 1.1 is not text; put it in quotes',
    ],
    [
      'with an environment variable that is no text',
      release({ env: { ERROR_RATE: 0.3 } }),
      'release.env.ERROR_RATE: 0.3 is not text; put it in quotes',
    ],
    [
      'with an environment variable that cannot be one',
      release({ env: { 'ERROR-RATE': '1' } }),
      'release.env.ERROR-RATE: is not the name of an environment variable; use letters, digits and _, and no digit first',
    ],
    [
      'with a port for every replica',
      release({ env: { PORT: '80' } }),
      'release.env.PORT: the platform gives every replica a PORT of its own; leave it out',
    ],
    [
      'with a service that cannot be part of a workflow ID',
      { service: 'Shop/EU' },
      'service: "Shop/EU" cannot be part of a workflow ID; the service name takes lowercase letters, digits and "-", 1 to 63 of them, beginning and ending with a letter or digit',
    ],
    [
      'with an environment name that is too long',
      { environment: 'e'.repeat(64) },
      'environment: "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee…" cannot be part of a workflow ID;',
    ],
    [
      'as a rollback',
      { kind: 'rollback' },
      'kind: "rollback" does not fit the workflow canaryDeployment, which takes kind: canary; start rollback with it',
    ],
    [
      'with a wrong choice',
      { onInconclusive: 'pauze' },
      'onInconclusive: "pauze" is not accepted; did you mean "pause"? (one of: pause, abort)',
    ],
    [
      'with an outcome for a timeout that never comes',
      stage({ approval: { onTimeout: 'promote' } }),
      'stages[0].approval.onTimeout: given without a timeout, so it could never apply; add timeout, such as 4h',
    ],
    [
      'with a smoke test that has no path',
      stage({ smoke: { expect: 200 } }),
      'stages[0].smoke.path: missing; write a path that begins with "/", such as /health',
    ],
    [
      'with a smoke test that expects what no server answers',
      stage({ smoke: { path: '/', expect: [200, 42] } }),
      'stages[0].smoke.expect[1]: 42 is not accepted; write a whole number from 100 to 599',
    ],
  ])('%s', (_title, changes, problem) => {
    const problems = problemsOfCanary({ ...leastCanary, ...changes });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, problem.length)).toBe(problem);
  });

  it('with every problem at once, also those between parts that are refused', () => {
    const problems = problemsOfCanary({
      ...leastCanary,
      service: '',
      stages: [
        { weight: 50, hold: 'soon' },
        { weight: 5, hold: 0, aproval: {} },
      ],
      release: { comand: ['node'] },
      extra: true,
    });
    expect(problems.map((problem) => problem.split(': ')[0]).sort()).toStrictEqual([
      'extra',
      'release.comand',
      'release.command',
      'release.version',
      'service',
      'stages[0].hold',
      'stages[1].aproval',
      'stages[1].hold',
      'stages[1].weight',
    ]);
  });

  it('with a hundred problems and a count of the rest when there are thousands', () => {
    const keys = Array.from({ length: 5_000 }, (_, index) => [`key${index}`, 1] as const);
    const problems = problemsOfCanary({ ...leastCanary, ...Object.fromEntries(keys) });
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe(': and 4900 more');
  });
});
