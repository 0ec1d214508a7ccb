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
