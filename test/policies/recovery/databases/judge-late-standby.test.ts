import { expect, it } from 'vitest';
import type { NodeFacts } from '../../../../src/contracts/recovery/database-node.ts';
import { judgeLateStandby } from '../../../../src/policies/recovery/databases/judge-late-standby.ts';

const node = {
  ...{ name: 'db-3', agent: 'db-3', cluster: 'main' },
  address: { host: '10.0.0.3', port: 5432 },
};
const facts: NodeFacts = {
  ...{ state: 'standby', detail: '', atMs: 0, problems: [] },
  ...{ systemIdentifier: '7301', receivedLsn: '0/5000000' },
};
const promoted = { systemIdentifier: '7301', beganAtLsn: '0/5000000' };
const judge = (more: Partial<NodeFacts>) =>
  judgeLateStandby({ node, facts: { ...facts, ...more } }, promoted);

it('has a standby follow that has received no more than the new primary began with', () => {
  expect(judge({})).toBeUndefined();
  expect(judge({ receivedLsn: '0/4000000' })).toBeUndefined();
});

it('leaves one alone that has what nobody else has', () => {
  expect(judge({ receivedLsn: '0/5000028' })).toContain('nobody else has what is in between');
});

it('leaves what is no standby of this database alone', () => {
  expect(judge({ systemIdentifier: '9999' })).toContain('of another cluster');
  expect(judge({ state: 'primary', detail: 'takes writes' })).toBe('it is primary: takes writes');
});

it('says why nobody answers', () => {
  const why = 'agent db-3 did not take it up';
  expect(judgeLateStandby({ node, why }, promoted)).toBe(why);
});
