import { expect, it } from 'vitest';
import { joinReasons } from '../../../src/render/backups/join-reasons.ts';

it.each([
  [['db: it does not run', 'uploads: no path'], 'db: it does not run; uploads: no path'],
  [
    ['db: not done:\n  no cluster', 'uploads: not done:\n  no path'],
    'db: not done:\n  no cluster\nuploads: not done:\n  no path',
  ],
])('reasons are in one line, unless one of them has several: %j', (reasons, joined) => {
  expect(joinReasons(reasons)).toBe(joined);
});
