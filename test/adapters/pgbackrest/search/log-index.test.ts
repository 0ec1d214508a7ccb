import { expect, it } from 'vitest';
import { limitOf } from '../../../../src/adapters/pgbackrest/search/log-index.ts';
import { formatLsn } from '../../../../src/adapters/pgbackrest/wal/segments.ts';

const commitAt = (lsn: string, nextLsn?: string) => ({
  ...{ lsn, xid: '730', at: '2026-11-29T15:37:44Z', rows: {}, drops: [] },
  ...(nextLsn !== undefined && { nextLsn }),
});
const shown = (limit: bigint | undefined) => limit && formatLsn(limit);

it('the last state ends with its commit, before the transaction that was left out has locked anything', () => {
  const commits = [commitAt('0/3000100', '0/3000140'), commitAt('0/3000200', '0/3000240')];
  const log = { commits, endLsn: '0/3000900' };
  expect([0, 1, 2].map((state) => shown(limitOf(log, state)))).toEqual([
    ...['0/3000100', '0/3000140', '0/3000240'],
  ]);
  expect(shown(limitOf({ commits }, 2))).toBe('0/3000240');
});

it('a log that an older agent has read, or that ends with its last commit, is shown as before', () => {
  const commits = [commitAt('0/3000100'), commitAt('0/3000200')];
  expect(shown(limitOf({ commits, endLsn: '0/3000900' }, 2))).toBe('0/3000900');
  expect(shown(limitOf({ commits }, 1))).toBe('0/3000200');
  expect(limitOf({ commits }, 2)).toBeUndefined();
});
