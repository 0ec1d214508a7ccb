import { expect, it } from 'vitest';
import { examineRole } from '../../../src/adapters/postgres/statements/examine-role.ts';

it('a role of which the server says nothing is refused', async () => {
  const session = {
    ...{ query: async () => [], carryOut: async () => ({ rows: [], count: 0 }) },
    readTexts: async () => [],
  };
  const place = {
    ...{ name: 'main', host: '/run/postgresql', port: 5432, user: 'playbooks' },
    ...{ database: 'shop', superuser: false },
  };
  await expect(examineRole(session, place)).rejects.toMatchObject({
    code: 'refused',
    message: 'main has no role playbooks any more: it was dropped, or renamed',
  });
});
