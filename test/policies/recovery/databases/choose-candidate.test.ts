import { describe, expect, it } from 'vitest';
import type { NodeFacts } from '../../../../src/contracts/recovery/database-node.ts';
import { chooseCandidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { seenNode as node } from '../../../fixtures/seen-node.ts';

const standby = (number: number, more: Partial<NodeFacts> = {}) =>
  node(number, 'standby', { receivedLsn: '0/5000000', ...more });
const primary = node(1, 'stopped');
const choose = (...others: SeenNode[]) => chooseCandidate([primary, ...others], primary, {});

describe('a standby on a later timeline than the primary', () => {
  it.each<[string, SeenNode]>([
    ['does not answer', node(2)],
    ['is a primary', node(2, 'primary', { timeline: 3 })],
    ['was one, and is stopped', node(2, 'stopped', { timeline: 3 })],
    ['does not say what it is', node(2, 'unknown', { timeline: 3 })],
  ])('is not promoted where another node %s: it may have taken its place', (_, other) => {
    const choice = choose(other, standby(3, { timeline: 3 }));
    expect(choice).toMatchObject({ ok: false });
    expect((choice as { reasons: string[] }).reasons.join()).toContain(
      'timeline 3 is later than 2, that of db-1, and it may have been db-2',
    );
  });

  it.each<[string, SeenNode]>([
    ['is a standby of it', standby(2, { timeline: 3 })],
    ['is fenced', node(2, 'fenced', { timeline: 3 })],
    ['was stopped before that', node(2, 'stopped', { timeline: 2 })],
  ])('is promoted where the other node %s', (_, other) => {
    expect(choose(other, standby(3, { timeline: 3, receivedLsn: '0/6000000' }))).toMatchObject({
      ok: true,
      candidate: { node: { name: 'db-3' } },
    });
  });
});

it('a standby on a later timeline than a lost primary was seen on last is not promoted where another node does not answer', () => {
  const lost = node(1);
  const seen = [lost, node(2), standby(3, { timeline: 3 })];
  expect(chooseCandidate(seen, lost, { timeline: 2 })).toMatchObject({ ok: false });
  expect(chooseCandidate(seen, lost, { timeline: 3 })).toMatchObject({ ok: true });
});

it('a standby on the timeline of the primary is promoted where another node does not answer', () => {
  expect(choose(node(2), standby(3))).toMatchObject({
    ok: true,
    candidate: { node: { name: 'db-3' } },
  });
});

it('a standby is not promoted where a node that was promoted since has ended on a later timeline', () => {
  const choice = choose(node(2, 'stopped', { timeline: 3 }), standby(3, { timeline: 2 }));
  expect(choice).toMatchObject({ ok: false });
  expect((choice as { reasons: string[] }).reasons.join()).toContain(
    'db-2 is on timeline 3, later than 2, that of every standby',
  );
  const foreign = node(2, 'stopped', { timeline: 3, systemIdentifier: 'another' });
  expect(choose(foreign, standby(3, { timeline: 2 })).ok).toBe(true);
});

it('a standby is not promoted where a node on a later timeline is fenced: it had committed until then', () => {
  const choice = choose(node(2, 'fenced', { timeline: 3 }), standby(3, { timeline: 2 }));
  expect((choice as { reasons?: string[] }).reasons?.join()).toContain(
    'db-2 is on timeline 3, later than 2, that of every standby',
  );
});

describe('a primary of which nobody knows the timeline', () => {
  const lost = node(1);
  const unattended = (...others: SeenNode[]) =>
    chooseCandidate([lost, ...others], lost, { isUnattended: true });

  it('is not replaced by a watch where another node does not answer: that one may have been promoted', () => {
    const choice = unattended(node(2), standby(3));
    expect((choice as { reasons?: string[] }).reasons?.join()).toContain(
      'nobody knows on which timeline db-1 was, and db-2 may have been promoted since',
    );
  });

  it('is replaced where every other node is a standby, or a person has named it', () => {
    expect(unattended(standby(2), standby(3))).toMatchObject({ ok: true });
    const named = chooseCandidate([lost, node(2), standby(3)], lost, { isUnattended: false });
    expect(named).toMatchObject({ ok: true });
  });
});

it('where no standby has followed the primary to its timeline, it says who has the data', () => {
  const others = [standby(2, { timeline: 1 }), standby(3, { timeline: 1 })];
  const choice = chooseCandidate([primary, ...others], primary, { timeline: 2 });
  expect((choice as { reasons?: string[] }).reasons).toEqual([
    'db-2: is on timeline 1, and 2 is newer',
    'db-3: is on timeline 1, and 2 is newer',
    'nobody else has what db-1 has committed on timeline 2: start it again',
  ]);
});
