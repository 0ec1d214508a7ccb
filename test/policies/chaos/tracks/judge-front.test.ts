import { expect, it } from 'vitest';
import { judgeFront } from '../../../../src/policies/chaos/tracks/judge-front.ts';

const usual = { forMs: 10_000, stalledMs: 0, busyMs: 4_000, requests: 1_000, unanswered: 0 };

it.each([
  ['it answers everything at once', {}, undefined],
  ['it was busy for a moment', { stalledMs: 900 }, undefined],
  ['requests wait for it', { stalledMs: 3_500 }, /too slow itself: for 35 % of the last 10s/],
  ['it has more to do than it can', { busyMs: 9_500 }, /busy for 95 % of the last 10s/],
  ['a pod died with a few requests', { unanswered: 4, requests: 10 }, undefined],
  ['one in a hundred was lost', { unanswered: 10 }, undefined],
  ['one in twenty was lost', { unanswered: 50 }, /no pod of stable answered 50 of the 1,000/],
])('of a pod that divides requests: %s', (_, more, why) => {
  const judged = judgeFront({ ...usual, ...more });
  if (why === undefined) expect(judged).toBeUndefined();
  else expect(judged).toMatch(why);
});
