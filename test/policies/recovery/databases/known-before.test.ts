import { expect, it } from 'vitest';
import { judgeTarget } from '../../../../src/policies/recovery/databases/managed/judge-target.ts';
import { knownBefore } from '../../../../src/policies/recovery/databases/managed/known-before.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';

const node = (name: string, facts?: object): SeenNode => {
  const address = { host: 'shop', port: 5_432 };
  const seen = { state: 'standby', detail: '', atMs: 0, version: '15', problems: [], ...facts };
  return {
    node: { name, agent: name, cluster: 'main', address },
    ...(facts && { facts: seen as never }),
  };
};

it.each([
  ['the former leader', { state: 'primary', timeline: 3, systemIdentifier: '7' }, undefined],
  ['the next one, where the host of the former is lost', undefined, { timeline: 3 }],
  ['whichever is on the later one', { state: 'stopped', timeline: 2 }, { timeline: 3 }],
])('the timeline before a promotion is that of %s', (_, former, next) => {
  const manager = { systemIdentifier: '7' };
  expect(knownBefore(node('db-1', former), node('db-2', next), manager)).toEqual({
    ...{ timeline: 3, systemIdentifier: '7' },
  });
});

it('is not that of a member which has been promoted already, and nothing is made up', () => {
  const promoted = node('db-2', { state: 'primary', timeline: 4 });
  expect(knownBefore(node('db-1'), promoted, {})).toEqual({ timeline: 0 });
  expect(knownBefore(node('db-1'), undefined, {})).toEqual({ timeline: 0 });
});

it.each([
  ['a later timeline of a known database', { timeline: 3, systemIdentifier: '7' }, 4, undefined],
  ['a timeline that nobody knows', { timeline: 3, systemIdentifier: '7' }, undefined, 'nobody'],
  ['the timeline of before', { timeline: 3, systemIdentifier: '7' }, 3, 'is not later than 3'],
  ['a database that nobody knows', { timeline: 3 }, 4, 'which database db-2 is'],
])('clients are led to a later timeline of the same database alone: %s', (_, before, at, why) => {
  const target = judgeTarget({ name: 'db-2' }, before, at);
  expect(target.ok ? undefined : target.why).toEqual(why && expect.stringContaining(why));
});
