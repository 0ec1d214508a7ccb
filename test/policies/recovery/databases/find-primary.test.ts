import { describe, expect, it } from 'vitest';
import type { NodeFacts, NodeState } from '../../../../src/contracts/recovery/database-node.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';

function node(number: number, state?: NodeState, more: Partial<NodeFacts> = {}): SeenNode {
  const name = `db-${number}`;
  const address = { host: `10.0.0.${number}`, port: 5432 };
  return {
    node: { name, agent: name, cluster: 'main', address },
    ...(state && { facts: { state, detail: '', atMs: 0, problems: [], ...more } }),
  };
}
const follows = (number: number) => ({
  upstream: { connected: true, address: { host: `10.0.0.${number}`, port: 5432 } },
});

describe('the primary of a database', () => {
  it.each<[string, SeenNode[], string]>([
    ['is the node that says so', [node(1, 'standby'), node(2, 'primary')], 'db-2'],
    [
      'that is away is the one that standbys follow',
      [node(1), node(2), node(3, 'standby', follows(2))],
      'db-2',
    ],
    [
      'that has stopped is the one that was no standby',
      [node(1, 'stopped'), node(2, 'standby')],
      'db-1',
    ],
    [
      'may be the one whose data folder cannot be read',
      [node(1, 'unknown'), node(2, 'standby'), node(3, 'standby')],
      'db-1',
    ],
    ['that is away is the only one that does not answer', [node(1), node(2, 'standby')], 'db-1'],
  ])('%s', (_, seen, name) => {
    expect(findPrimary(seen)).toMatchObject({ kind: 'one', primary: { node: { name } } });
  });

  it('is not one of two that both say so', () => {
    expect(findPrimary([node(1, 'primary'), node(2, 'primary')])).toEqual({
      kind: 'several',
      why: 'db-1 and db-2 are both primaries: stop the one that is not meant',
    });
  });

  it('is not guessed among two that are away', () => {
    expect(findPrimary([node(1), node(2), node(3, 'standby')]).kind).toBe('none');
  });

  it('is not a standby that was stopped, while the one that is away may take writes', () => {
    expect(findPrimary([node(1), node(2, 'standby'), node(3, 'stopped')]).kind).toBe('none');
  });

  it('may be named, unless it is known to be another', () => {
    const seen = [node(1), node(2), node(3, 'standby')];
    expect(findPrimary(seen, 'db-2')).toMatchObject({ primary: { node: { name: 'db-2' } } });
    expect(findPrimary(seen, 'db-3').kind).toBe('none');
    expect(findPrimary([node(1, 'primary'), node(2, 'standby')], 'db-2')).toEqual({
      kind: 'none',
      why: 'the primary is db-1, not db-2',
    });
  });

  it('is not one that a fence keeps from being one', () => {
    expect(findPrimary([node(1, 'fenced'), node(2, 'standby')]).kind).toBe('none');
  });
});
