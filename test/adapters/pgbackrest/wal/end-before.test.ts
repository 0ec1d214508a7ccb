import { expect, it } from 'vitest';
import { endBefore, parseLsn } from '../../../../src/adapters/pgbackrest/wal/segments.ts';

it.each([
  ['where the next one begins', '0/3000100', '0/3000100'],
  ['with its page, where the next one is the first of another page', '0/3002018', '0/3002000'],
  [
    'with its segment, where the next one is the first of another segment',
    '0/4000028',
    '0/4000000',
  ],
])('a record ends %s', (_, next, end) => {
  expect(endBefore(parseLsn(next) ?? 0n)).toBe(parseLsn(end));
});
