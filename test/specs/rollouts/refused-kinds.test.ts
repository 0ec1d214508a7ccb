import { describe, expect, it } from 'vitest';
import type { SpecKind } from '../../../src/kinds/workflow-types.ts';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import { leastCanary, leastOnKubernetes, leastRollback } from './written-specs.ts';

function problemsOf(kind: SpecKind, input: object): string[] {
  const resolution = resolveSpecInput(kind, input);
  return resolution.ok ? [] : resolution.problems.map(({ path, message }) => `${path}: ${message}`);
}

const aDuration = 'write a number and ms, s, m, h or d, such as 30s or 10m';
const watchIt = 'a blue-green deployment switches once; write watch, or use kind: canary';
const inPlace = 'a release in place has no stages; write watch, or use kind: canary';
const nothingBeside =
  'no new replica runs beside the live ones; leave it out, or use kind: blueGreen';

describe('a blue-green spec is refused', () => {
  it.each<[string, object, string]>([
    ['with stages', { stages: [{ weight: 5, hold: '10m' }] }, `stages: ${watchIt}`],
    ['with a hold', { hold: '10m' }, `hold: ${watchIt}`],
    [
      'as a canary',
      { kind: 'canary' },
      'kind: "canary" does not fit the workflow blueGreenDeployment, which takes kind: blueGreen; start canaryDeployment with it',
    ],
    [
      'with one smoke test in place of a list',
      { smoke: { path: '/health' } },
      'smoke: a mapping is not accepted; write a list such as [{ path: /health, expect: 200 }]',
    ],
    [
      'with a smoke test of nothing',
      { smoke: [{ expect: 200 }] },
      'smoke[0].path: missing; write a path that begins with "/", such as /health',
    ],
    [
      'with a warm-up in one word',
      { warmUp: 'off' },
      'warmUp: "off" is not accepted; write none, or a mapping such as { path: /, duration: 60s, rate: 10 }',
    ],
    [
      'with a warm-up without a unit',
      { warmUp: { duration: 60 } },
      `warmUp.duration: 60 has no unit; ${aDuration}`,
    ],
    [
      'with a warm-up without requests',
      { warmUp: { rate: 0 } },
      'warmUp.rate: 0 is not accepted; write a whole number from 1 to 10000',
    ],
    [
      'with a watch that would measure nothing',
      { watch: 0 },
      'watch: 0 would measure nothing; write a watch, such as 5m, or analysis: none',
    ],
    [
      'with a watch too short to measure in',
      { watch: '900ms' },
      'watch: 900ms is too short to measure anything; at least 1s, or write analysis: none',
    ],
    [
      'with a watch that could never pass',
      { watch: '10s', analysis: { count: 6 } },
      'watch: 10s has room for 5 measurements (one every 2s) and analysis.count wants 6, so it could never pass; make it longer, or lower one of count and interval',
    ],
    [
      'with a watch by default that could never fail',
      { analysis: { failureLimit: 10 } },
      'watch: 5m has room for 10 measurements (one every 30s) and analysis.failureLimit tolerates 10, so it could never fail; make it longer, or lower failureLimit',
    ],
    [
      'with a delay in words',
      { scaleDownDelay: 'soon' },
      `scaleDownDelay: "soon" is not a duration; ${aDuration}`,
    ],
    [
      'with an approval by nobody in a list',
      { approval: { by: 'ana' } },
      'approval.by: "ana" is not accepted; write a list of names, such as [ana, bo]',
    ],
    [
      'without a command on the local platform',
      { release: { version: 'v2' } },
      'release.command: missing; write the program and its arguments, such as [node, server.js]',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problemsOf('blueGreen', { ...leastCanary, ...changes })).toStrictEqual([problem]);
  });
});

describe.each(['rolling', 'recreate'] as const)('a %s spec is refused', (kind) => {
  it('on the local platform, which changes nothing in place', () => {
    expect(problemsOf(kind, leastCanary)).toStrictEqual([
      'target.platform: only Kubernetes changes a release in place; on the local platform use kind: canary or blueGreen',
    ]);
  });

  it.each<[string, object, string]>([
    ['with stages', { stages: [] }, `stages: ${inPlace}`],
    ['with a smoke test', { smoke: [] }, `smoke: ${nothingBeside}`],
    ['with a warm-up', { warmUp: 'none' }, `warmUp: ${nothingBeside}`],
    [
      'with an approval',
      { approval: {} },
      'approval: a release in place does not wait for approval; use kind: canary or blueGreen',
    ],
    ['with a delay', { scaleDownDelay: '30s' }, `scaleDownDelay: ${nothingBeside}`],
    [
      'with replicas',
      { replicas: 4 },
      'replicas: the Deployment and its autoscaler say how many replicas there are; leave it out',
    ],
    [
      'with a watch that would measure nothing',
      { watch: '0s' },
      'watch: 0 would measure nothing; write a watch, such as 5m, or analysis: none',
    ],
    [
      'with two colours',
      {
        target: {
          ...leastOnKubernetes.target,
          colours: { blue: 'a', green: 'b', service: 'shop' },
        },
      },
      'target.colours: two colours can only be switched; use kind: blueGreen, or leave colours out',
    ],
  ])('%s', (_title, changes, problem) => {
    expect(problemsOf(kind, { ...leastOnKubernetes, ...changes })).toStrictEqual([problem]);
  });
});

describe('a rollback spec is refused', () => {
  it('with what it would bring back, and with what would slow it down', () => {
    const brings = 'a rollback brings a kept release back as it was; leave it out';
    const analysed = 'a rollback is not analysed, so that it is fast; leave it out';
    const input = { ...leastRollback, release: { version: 'v1' }, analysis: 'none' };
    expect(problemsOf('rollback', input)).toStrictEqual([
      `release: ${brings}`,
      `analysis: ${analysed}`,
    ]);
  });
});
