import { expect, test } from 'vitest';
import { describeLack } from '../../../src/adapters/postgres/rejoin/room-for-copy.ts';

const found = { folder: '/srv', databaseBytes: 10_000_000_000, logBytes: 1_000_000_000 };

test('a copy is refused with what it needs where there is no room for it', () => {
  expect(describeLack({ ...found, freeBytes: 4_000_000_000 })).toBe(
    'a copy of the primary needs 11,550 MB in /srv, and 4,000 MB are free: 10,000 MB of databases, ' +
      '1,000 MB of log, and 5 % for what is written meanwhile. Free 7,550 MB, such as old folders /srv/*.before-*',
  );
});

test('a copy is made where there is exactly as much room as it needs', () => {
  expect(describeLack({ ...found, freeBytes: 11_550_000_000 })).toBeUndefined();
});
