import { expect, it } from 'vitest';
import { readTablespaces } from '../../../../src/adapters/pgbackrest/copies/foreign-tablespaces.ts';

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

it.each(['EIO', 'EMFILE', 'ESTALE'])(
  'tablespaces that cannot be listed for a moment are asked for again: %s',
  async (code) => {
    await expect(readTablespaces('/srv/db', failing(code))).rejects.toMatchObject({
      code: 'unfinished',
    });
  },
);

it('tablespaces that the agent may not list are for a person, and a host without a database has none', async () => {
  await expect(readTablespaces('/srv/db', failing('EACCES'))).rejects.toMatchObject({
    code: 'refused',
  });
  expect(await readTablespaces('/srv/db', failing('ENOENT'))).toEqual([]);
});
