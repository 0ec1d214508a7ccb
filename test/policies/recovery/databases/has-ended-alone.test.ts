import { expect, it } from 'vitest';
import type { NodeFacts } from '../../../../src/contracts/recovery/database-node.ts';
import { hasEndedAlone } from '../../../../src/policies/recovery/databases/has-ended-alone.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { seenNode as node } from '../../../fixtures/seen-node.ts';

const standby = (number: number, more: Partial<NodeFacts> = {}) => node(number, 'standby', more);

it('a primary whose server has ended is known where all others are its standbys still', () => {
  expect(hasEndedAlone([standby(2), node(1, 'stopped'), standby(3)], 'db-1')).toBe(true);
});

it.each<[string, SeenNode[]]>([
  ['another node is away: it may have been promoted', [node(1, 'stopped'), standby(2), node(3)]],
  [
    'a standby is on a later timeline: somebody was promoted',
    [node(1, 'stopped'), standby(2, { timeline: 3 })],
  ],
  [
    'a standby is of another database',
    [node(1, 'stopped'), standby(2, { systemIdentifier: '7302' })],
  ],
  ['another node is the primary', [node(1, 'stopped'), node(2, 'primary')]],
  ['a run has fenced it', [node(1, 'fenced'), standby(2)]],
  ['it was made a standby', [standby(1), standby(2)]],
  ['nobody knows its timeline', [withoutTimeline(node(1, 'stopped')), standby(2)]],
  ['its host does not answer', [node(1), standby(2)]],
])('it is not where %s', (_, seen) => {
  expect(hasEndedAlone(seen, 'db-1')).toBe(false);
});

function withoutTimeline({ node, facts }: SeenNode): SeenNode {
  const { timeline: _, ...rest } = facts ?? { state: 'unknown', detail: '', atMs: 0, problems: [] };
  return { node, facts: rest };
}
