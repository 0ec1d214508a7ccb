import { describe, expect, it } from 'vitest';
import { compareReleases } from '../../../src/policies/rollouts/same-release.ts';

const v2 = { version: 'v2', command: ['node', 'server.js'], env: { A: '1', B: '2' } };

describe('two releases', () => {
  it.each([
    [
      'the same, in another order of keys',
      { env: { B: '2', A: '1' }, command: ['node', 'server.js'], version: 'v2' },
      'same',
    ],
    ['another version with the same content', { ...v2, version: 'v3' }, 'different'],
    [
      'one version with another variable',
      { ...v2, env: { A: '1', B: '3' } },
      'same-version-different-content',
    ],
    [
      'one version with its arguments in another order',
      { ...v2, command: ['server.js', 'node'] },
      'same-version-different-content',
    ],
  ])('%s: %s', (_title, other, kind) => {
    expect(compareReleases(v2, other).kind).toBe(kind);
  });
});
