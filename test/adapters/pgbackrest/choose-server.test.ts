import { expect, test } from 'vitest';
import { chooseServer } from '../../../src/adapters/pgbackrest/choose-server.ts';

const primary = { standby: false, paused: false, standbys: 0 };
const standby = { standby: true, paused: false, standbys: 0 };
const either = { wantsStandby: true, allowPrimary: true };
const strict = { wantsStandby: true, allowPrimary: false };
const plain = { wantsStandby: false, allowPrimary: false };

const standbyVariable = (value: string) => ({ PGBACKREST_BACKUP_STANDBY: value });

test.each([
  ['a primary without standbys is read', primary, plain, {}],
  ['a standby is read', standby, strict, standbyVariable('y')],
  [
    'a paused one is not, but the primary',
    { ...standby, paused: true },
    either,
    standbyVariable('n'),
  ],
  ['the standby of this primary is read', { ...primary, standbys: 1 }, strict, {}],
  ['the primary, where its standby is away', primary, either, standbyVariable('n')],
])('%s', (_what, roles, choice, variables) => {
  expect(chooseServer(roles, choice)).toEqual({ ok: true, variables });
});

test.each([
  ['a paused standby', { ...standby, paused: true }, 'is paused'],
  ['a standby that is away', primary, 'no standby is streaming'],
])('%s is refused where the primary must not be read', (_what, roles, why) => {
  expect(chooseServer(roles, strict)).toEqual({
    ok: false,
    why: expect.stringContaining(why) as unknown,
  });
});
