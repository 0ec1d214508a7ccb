import { describe, expect, it } from 'vitest';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import { leastCanary, leastRollback } from './written-specs.ts';

describe('what is no spec at all is refused', () => {
  const deep = JSON.parse(`{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as unknown;

  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'no spec was given; with the temporal CLI pass --input-file spec.json'],
    ['null', null, 'no spec was given; with the temporal CLI pass --input-file spec.json'],
    [
      'a list around a spec',
      [leastCanary],
      'the spec is a list; write the mapping alone, without [ ] around it',
    ],
    [
      'text',
      JSON.stringify(leastCanary),
      'the spec is text; with the temporal CLI pass JSON without',
    ],
    ['a number', 7, 'the spec is 7; write a mapping with the keys service, environment, target'],
    [
      'a spec over 256 KB',
      { ...leastCanary, release: { ...leastCanary.release, env: { A: 'x'.repeat(300 * 1024) } } },
      'the spec is 301 KB; at most 256 KB are taken',
    ],
    ['a spec nested without end', deep, 'the spec is nested too deep; at most 256 KB are taken'],
  ])('%s', (_title, input, problem) => {
    expect(resolveSpecInput('canary', input)).toStrictEqual({
      ok: false,
      problems: [{ path: '', message: expect.stringContaining(problem) }],
    });
  });
});

describe('a rollback spec is refused', () => {
  it('with what only a canary has', () => {
    const resolution = resolveSpecInput('rollback', { ...leastRollback, stages: [] });
    expect(resolution).toStrictEqual({
      ok: false,
      problems: [
        {
          path: 'stages',
          message: 'unknown key; known: kind, service, environment, target, readiness, toRevision',
        },
      ],
    });
  });

  it('to a revision that cannot be', () => {
    expect(resolveSpecInput('rollback', { ...leastRollback, toRevision: 0 })).toStrictEqual({
      ok: false,
      problems: [
        { path: 'toRevision', message: '0 is not accepted; write a whole number from 1 up' },
      ],
    });
  });
});
