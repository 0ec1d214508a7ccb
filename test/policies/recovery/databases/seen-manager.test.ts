import { expect, it } from 'vitest';
import type { ManagerFacts } from '../../../../src/contracts/recovery/database-manager.ts';
import {
  agreeOnManager,
  type SeenManager,
} from '../../../../src/policies/recovery/databases/managed/seen-manager.ts';

const by = (name: string, facts?: Partial<ManagerFacts>): SeenManager => ({
  node: { name, agent: name, cluster: 'main', address: { host: name, port: 5_432 } },
  ...(facts && {
    facts: {
      ...{ kind: 'patroni', version: '3.0.2', atMs: 0, cluster: 'shop', leader: 'db-1' },
      ...{ members: [], isPaused: false, isSynchronous: false, settledWithinMs: 1_000 },
      ...facts,
    },
  }),
});

it('takes from each host what another one does not know', () => {
  const paused = { isPaused: true, settledWithinMs: 9_000, systemIdentifier: '7' };
  expect(agreeOnManager([by('db-1'), by('db-2', {}), by('db-3', paused)])).toMatchObject({
    ...{ ok: true, facts: paused },
  });
});

it.each([
  ['nobody answers', [by('db-1'), by('db-2')], 'does not answer on any host'],
  ['they name two leaders', [by('db-1', {}), by('db-2', { leader: 'db-2' })], 'who leads'],
  ['they are of two clusters', [by('db-1', {}), by('db-2', { cluster: 'other' })], 'of other'],
])('agrees on nothing where %s', (_, seen, why) => {
  expect(agreeOnManager(seen)).toEqual({ ok: false, why: expect.stringContaining(why) as string });
});
