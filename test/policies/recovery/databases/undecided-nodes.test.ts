import { expect, it } from 'vitest';
import { undecidedNodes } from '../../../../src/policies/recovery/databases/undecided-nodes.ts';
import { seenNode as node } from '../../../fixtures/seen-node.ts';

const primary = node(1, 'stopped');
const namesOf = (...given: Parameters<typeof undecidedNodes>) =>
  undecidedNodes(...given).map(({ name }) => name);

it('nodes that do not answer, and standbys that may still follow to a later timeline, are asked again', () => {
  const seen = [primary, node(2), node(3, 'standby', { timeline: 1 }), node(4, 'standby')];
  expect(namesOf(seen, primary)).toEqual(['db-2', 'db-3']);
  expect(namesOf(seen, primary, 3)).toEqual(['db-2', 'db-3', 'db-4']);
});

it('nothing is asked again where another look would say the same', () => {
  const seen = [primary, node(2, 'fenced', { timeline: 1 }), node(3, 'standby')];
  expect(namesOf(seen, primary)).toEqual([]);
});
