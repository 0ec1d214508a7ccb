import { expect, it } from 'vitest';
import {
  describePostgres,
  withoutPassword,
} from '../../../../src/adapters/ledger/postgres/postgres-address.ts';

it.each([
  ['as it is', 'postgres://belay:s3cret@db/ledger', 'no s3cret', 'no ***'],
  ['written as %XX', 'postgres://belay:s%2F3@db/ledger', 's%2F3 and s/3', '*** and ***'],
  ['with a % that is no %XX', 'postgres://belay:50%off@db/ledger', 'no 50%off', 'no ***'],
  ['as a parameter', 'postgres://belay@db/ledger?password=s%2F3', 's%2F3 and s/3', '*** and ***'],
  ['in both places', 'postgres://b:one@db/l?password=two', 'one, two', '***, ***'],
  ['absent', 'postgres://belay@db/ledger', 'nothing', 'nothing'],
])('a password %s is in no message', (_, url, text, shown) => {
  expect(withoutPassword(text, url)).toBe(shown);
});

it.each([
  ['postgres://b%40a:s3cret@db/ledger?password=s3cret', 'postgres://b@a@db:5432/ledger'],
  ['postgres://50%off@db:1/ledger', 'postgres://50%off@db:1/ledger'],
])('%s is described without its password', (url, shown) => {
  expect(describePostgres(url)).toBe(shown);
});
