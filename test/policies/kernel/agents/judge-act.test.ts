import { expect, test } from 'vitest';
import { judgeAct, type KnownAct } from '../../../../src/policies/kernel/agents/judge-act.ts';

const act = (step: number, digest = 'a'): KnownAct => ({ step, digest });

test.each<[string, KnownAct, KnownAct[], object]>([
  ['the first act of a run begins', act(5), [], { kind: 'new' }],
  ['a later act begins', act(6), [act(5)], { kind: 'new' }],
  ['the same act again is known', act(5), [act(5)], { kind: 'known' }],
  ['an earlier act that began is known', act(5), [act(5), act(6, 'b')], { kind: 'known' }],
  [
    'an earlier act that never began is refused',
    ...([act(4), [act(5), act(3)]] as [KnownAct, KnownAct[]]),
    {
      kind: 'refused',
      code: 'stale-fence',
      reason: expect.stringContaining('4 comes after step 5'),
    },
  ],
  [
    'another act under the same step is refused',
    ...([act(5, 'b'), [act(5)]] as [KnownAct, KnownAct[]]),
    { kind: 'refused', code: 'refused', reason: expect.stringContaining('step 5') },
  ],
])('%s', (_, wanted, known, verdict) => {
  expect(judgeAct(wanted, known)).toEqual(verdict);
});

test.each<[string, number, object]>([
  ['a step after those that are forgotten begins', 8, { kind: 'new' }],
  [
    'a step that is forgotten is refused',
    7,
    { kind: 'refused', code: 'stale-fence', reason: expect.stringContaining('not kept') },
  ],
  [
    'a step before those is refused',
    6,
    { kind: 'refused', code: 'stale-fence', reason: expect.stringContaining('after step 7') },
  ],
])('%s', (_, step, verdict) => {
  expect(judgeAct(act(step), [], 7)).toEqual(verdict);
});

test('a step that is on record is known, although later ones are forgotten', () => {
  expect(judgeAct(act(5), [act(5)], 7)).toEqual({ kind: 'known' });
});
