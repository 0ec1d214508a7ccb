import { describe, expect, it } from 'vitest';
import type { NodeFacts, NodeState } from '../../../../src/contracts/recovery/database-node.ts';
import { judgeSuccessor } from '../../../../src/policies/recovery/databases/judge-successor.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';

const node = (name: string, state?: NodeState, timeline = 1, more: Partial<NodeFacts> = {}) => {
  const common = { detail: '', atMs: 0, problems: [], systemIdentifier: '7301' };
  const facts = state === undefined ? {} : { facts: { ...common, state, timeline, ...more } };
  return { node: { name, agent: name, cluster: 'main' }, ...facts } as unknown as SeenNode;
};

const judge = (...seen: SeenNode[]) =>
  judgeSuccessor(seen, 'db-1', { node: 'db-2', systemIdentifier: '7301', after: 1 });

describe('whether the node that a failover has chosen was promoted', () => {
  it.each([
    ['it is a primary', node('db-2', 'primary', 2)],
    ['it has been replaced since, and follows', node('db-2', 'standby', 3)],
    ['it has been fenced since', node('db-2', 'fenced', 2)],
  ])('is known where %s', (_, successor) => {
    const { timeline } = successor.facts ?? {};
    const judged = { kind: 'promoted', timeline };
    expect(judge(node('db-1'), successor, node('db-3', 'standby'))).toEqual(judged);
    expect(judge(node('db-1', 'primary'), successor)).toEqual(judged);
  });

  it('does not follow from another node that is a primary on a later timeline', () => {
    const looked = node('db-3', 'primary', 2);
    for (const former of [node('db-1'), node('db-1', 'primary')]) {
      expect(judge(former, node('db-2'), looked).kind).toBe('unknown');
      expect(judge(former, node('db-2', 'standby'), looked).kind).toBe('unknown');
    }
  });

  it('does not follow from a node of another cluster', () => {
    const other = node('db-2', 'primary', 2, { systemIdentifier: '9' });
    expect(judge(node('db-1'), other).kind).toBe('unknown');
  });

  it('is asked of people where the former primary leads and the chosen node is silent', () => {
    expect(judge(node('db-1', 'primary'), node('db-2'), node('db-3', 'standby'))).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining(
        'db-1 answers as the primary: where people want that, abort this run',
      ) as string,
    });
  });

  it('does not matter where the former primary leads alone and the chosen node is a standby', () => {
    const judged = judge(node('db-1', 'primary'), node('db-2', 'standby'), node('db-3'));
    expect(judged).toEqual({
      kind: 'not-needed',
      why: 'it is the primary, and db-2 was not promoted',
    });
  });

  it.each(['standby', 'fenced', 'unusable'] as const)(
    'does not matter where the former primary is %s',
    (state) => {
      expect(judge(node('db-1', state), node('db-2')).kind).toBe('not-needed');
    },
  );

  it('is not known before any of them answers', () => {
    expect(judge(node('db-1'), node('db-2'), node('db-3', 'standby')).kind).toBe('unknown');
    expect(judge(node('db-1', 'stopped'), node('db-2', 'stopped')).kind).toBe('unknown');
  });
});
