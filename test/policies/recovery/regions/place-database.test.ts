import { describe, expect, it } from 'vitest';
import type { NodeFacts, NodeState } from '../../../../src/contracts/recovery/database-node.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import {
  placeDatabase,
  type MoveBy,
} from '../../../../src/policies/recovery/regions/place-database.ts';

function node(name: string, state?: NodeState, more: Partial<NodeFacts> = {}): SeenNode {
  const address = { host: name, port: 5432 };
  return {
    node: { name, agent: name, cluster: 'main', address },
    ...(state && { facts: { state, detail: '', atMs: 0, problems: [], ...more } }),
  };
}

const eu = (state?: NodeState, more?: Partial<NodeFacts>) => node('eu-1', state, more);
const us = (state?: NodeState, more?: Partial<NodeFacts>) => node('us-1', state, more);
const on = (timeline: number) => ({ timeline });
const streams = { upstream: { connected: true } };
const moved = (by: MoveBy, ...nodes: SeenNode[]) => {
  const [from, to] = by === 'failover' ? ['eu-1', 'us-1'] : ['us-1', 'eu-1'];
  return placeDatabase({ name: 'shop', nodes, from, to }, by);
};

describe('a database of a region', () => {
  it.each<[string, MoveBy, SeenNode[]]>([
    ['fails over to a standby', 'failover', [eu(), us('standby')]],
    ['fails over from what was fenced', 'failover', [eu('fenced'), us('standby')]],
    ['moves back to a standby that streams', 'switchover', [eu('standby', streams), us('primary')]],
    [
      'moves back from whichever node is the primary',
      'switchover',
      [eu('standby', streams), us('standby', streams), node('us-2', 'primary')],
    ],
  ])('%s', (_, by, nodes) => {
    expect(moved(by, ...nodes)).toEqual({ kind: 'movable' });
  });

  it.each<[string, MoveBy, SeenNode[]]>([
    ['the other streams from it', 'switchover', [eu('primary', on(3)), us('standby', streams)]],
    ['the other is fenced before it', 'switchover', [eu('primary', on(3)), us('fenced', on(2))]],
    ['the other has stopped before it', 'failover', [eu('stopped', on(1)), us('primary', on(2))]],
  ])('is there already where %s', (_, by, nodes) => {
    expect(moved(by, ...nodes)).toEqual({ kind: 'there' });
  });

  it.each<[string, MoveBy, SeenNode[], string]>([
    [
      'both take writes',
      'switchover',
      [eu('primary', on(1)), us('primary', on(2))],
      'eu-1 and us-1 are both primaries',
    ],
    [
      'both take writes, in a failover',
      'failover',
      [eu('primary', on(3)), us('primary', on(2))],
      'eu-1 and us-1 are both primaries',
    ],
    [
      'two others take writes',
      'switchover',
      [eu('standby', streams), us('primary'), node('us-2', 'primary')],
      'us-1 and us-2 are both primaries',
    ],
    [
      'the fenced one is newer',
      'switchover',
      [eu('primary', on(1)), us('fenced', on(2))],
      'eu-1 is out of date',
    ],
    [
      'a third one is newer',
      'failover',
      [eu(), us('primary', on(2)), node('us-2', 'standby', on(3))],
      'us-2 is on timeline 3: us-1 is out of date',
    ],
    [
      'the other does not answer',
      'switchover',
      [eu('primary', on(1)), us()],
      'eu-1 is the primary already, and us-1 does not answer',
    ],
    [
      'the other does not stream from it',
      'switchover',
      [eu('primary', on(1)), us('standby')],
      'and us-1 is standby',
    ],
    ['no primary answers', 'switchover', [eu('standby', streams), us()], 'no node says that it is'],
    [
      'its standby does not stream',
      'switchover',
      [eu('standby'), us('primary')],
      'rejoin it first',
    ],
    [
      'another node is the primary',
      'failover',
      [eu('standby'), us('standby'), node('eu-2', 'primary')],
      'the primary is eu-2, not eu-1',
    ],
    ['it is not up there', 'failover', [eu(), us('fenced')], 'us-1 is fenced, and no standby'],
    ['nobody answers there', 'failover', [eu(), us()], 'us-1: its agent does not answer'],
  ])('is refused where %s', (_, by, nodes, why) => {
    const { kind, reasons } = moved(by, ...nodes) as { kind: string; reasons: string[] };
    expect(kind).toBe('refused');
    expect(reasons).toEqual([expect.stringContaining(why)]);
  });

  it('may be out of date where it is a primary, and the lost one does not answer', () => {
    expect(moved('failover', eu(), us('primary', on(2)))).toEqual({
      kind: 'there',
      unproven: expect.stringContaining('nobody can say which of the two') as string,
    });
  });
});
