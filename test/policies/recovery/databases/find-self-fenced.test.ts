import { expect, it } from 'vitest';
import type { FenceEvidence, NodeFacts } from '../../../../src/contracts/recovery/database-node.ts';
import { findSelfFenced } from '../../../../src/policies/recovery/databases/find-self-fenced.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { seenNode as node } from '../../../fixtures/seen-node.ts';

const fence: FenceEvidence = {
  ...{ agent: 'db-1', cluster: 'main', systemIdentifier: '7301', timeline: 2, lsn: '0/5000000' },
  ...{ how: 'lease-expired', by: 'its own lease', atMs: 0, seen: [] },
};
const fenced = (how: FenceEvidence['how'] = 'lease-expired', number = 1) =>
  // The control file still has the timeline of the last checkpoint.
  node(number, 'fenced', { timeline: 1, fence: { ...fence, how } });
const standby = (number: number, more: Partial<NodeFacts> = {}) => node(number, 'standby', more);

it('a primary that fenced itself is found where all others are standbys on its timeline', () => {
  const seen = [standby(2), fenced(), standby(3)];
  expect(findSelfFenced(seen)?.node.name).toBe('db-1');
});

it.each<[string, SeenNode[]]>([
  ['a run has fenced it: people may have wanted that', [fenced('killed'), standby(2)]],
  ['its host has no record of the fence', [node(1, 'fenced'), standby(2)]],
  ['another node is away: it may have been promoted', [fenced(), standby(2), node(3)]],
  ['another node is the primary', [fenced(), standby(2), node(3, 'primary')]],
  ['another node has stopped', [fenced(), standby(2), node(3, 'stopped')]],
  [
    'a standby is on a later timeline: somebody was promoted',
    [fenced(), standby(2, { timeline: 3 })],
  ],
  [
    'a standby is of another database',
    [fenced(), standby(2), standby(3, { systemIdentifier: '7302' })],
  ],
  ['two nodes are fenced', [fenced(), fenced('lease-expired', 2), standby(3)]],
  ['there is no standby', [fenced()]],
])('it is not where %s', (_, seen) => {
  expect(findSelfFenced(seen)).toBeUndefined();
});
