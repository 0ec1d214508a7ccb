import { expect, test } from 'vitest';
import { commitsSchema } from '../../../src/specs/rollouts/commits.ts';

const problems = (given: unknown) =>
  commitsSchema
    .safeParse(given)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

test('a release may name the commits that it brings, or none', () => {
  const commits = [{ sha: '9c41c4f0', committedAt: '2026-01-31T12:00:00+01:00' }];
  expect(commitsSchema.parse(commits)).toEqual(commits);
  expect(commitsSchema.parse([])).toEqual([]);
});

test('a commit without an offset, with an impossible date or without a hash is refused, all at once', () => {
  expect(
    problems([
      { sha: '9c41c4f0', committedAt: '2026-01-31T12:00:00' },
      { sha: '9c41c4f0', committedAt: '2026-13-31T12:00:00Z' },
      { sha: 'main', committedAt: '2026-01-31T12:00:00Z' },
    ]),
  ).toEqual([
    expect.stringMatching(/^0[.]committedAt: .*write a time with its offset/),
    expect.stringMatching(/^1[.]committedAt: .*write a time with its offset/),
    expect.stringMatching(/^2[.]sha: .*write the hash of a commit/),
  ]);
});
