import { describe, expect, it } from 'vitest';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { attributeSpending } from '../../../src/policies/objectives/attribute-spending.ts';
import { planViolations } from '../../../src/policies/objectives/plan-violations.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const objective = objectiveOf();
const open: Violation = {
  ...{ objective: 'checkout', service: 'shop', kind: 'breach', openedAtMs: 1_000 },
  reason: '99.2% of requests, and not 99.9%',
};

describe('a violation', () => {
  it('is opened once, however often it is seen', () => {
    const found = [{ kind: 'breach', state: 'violated', reason: open.reason }] as const;
    const first = planViolations(objective, [], { found, atMs: 1_000 });
    expect(first).toEqual({ opened: [open], closed: [], changed: [] });
    const second = planViolations(objective, first.opened, { found, atMs: 61_000 });
    expect(second).toEqual({ opened: [], closed: [], changed: [] });
  });

  const fine = [{ kind: 'breach', state: 'fine', reason: '' }] as const;
  const over = { ...open, overSinceMs: 61_000 };

  it('is closed once it has been over for ten minutes, and lasted until it was over', () => {
    const first = planViolations(objective, [open], { found: fine, atMs: 61_000 });
    expect(first).toEqual({ opened: [], closed: [], changed: [over] });
    const still = planViolations(objective, [over], { found: fine, atMs: 121_000 });
    expect(still).toEqual({ opened: [], closed: [], changed: [] });
    const last = planViolations(objective, [over], { found: fine, atMs: 661_000 });
    expect(last).toEqual({ opened: [], closed: [{ ...open, closedAtMs: 61_000 }], changed: [] });
  });

  it('that comes and goes with each minute stays open, and is told once', () => {
    const violated = [{ kind: 'breach', state: 'violated', reason: '' }] as const;
    const back = planViolations(objective, [over], { found: violated, atMs: 121_000 });
    expect(back).toEqual({ opened: [], closed: [], changed: [open] });
  });

  it('of a kind that is no longer judged is closed', () => {
    const { closed } = planViolations(objective, [open], { found: [], atMs: 61_000 });
    expect(closed).toEqual([{ ...open, closedAtMs: 61_000, endedBy: 'unjudged' }]);
  });

  it('stays open without data, and none is opened then', () => {
    const found = [{ kind: 'breach', state: 'unknown', reason: '' }] as const;
    const nothing = { opened: [], closed: [], changed: [] };
    expect(planViolations(objective, [open], { found, atMs: 61_000 })).toEqual(nothing);
    expect(planViolations(objective, [], { found, atMs: 61_000 })).toEqual(nothing);
  });

  it('of another objective stays as it is', () => {
    const found = [{ kind: 'breach', state: 'fine', reason: '' }] as const;
    const other = { ...open, objective: 'cart' };
    const plan = planViolations(objective, [other], { found, atMs: 61_000 });
    expect(plan).toEqual({ opened: [], closed: [], changed: [] });
  });
});

describe('who spent a budget', () => {
  const minute = 60_000;
  const minutes = [2, 0, 3, 4, 5].map((bad, index) => minuteAt(index * minute, 100, bad));
  const rollout = { cause: 'rollout', runRef: 'rollout/prod/shop@1' } as const;
  const chaos = { cause: 'chaos', runRef: 'chaos/prod/web@1' } as const;

  it('adds up to every bad request, and is unknown where nothing went on', () => {
    const spent = attributeSpending('checkout', minutes, [
      { ...rollout, fromMs: 2.5 * minute, untilMs: 3.2 * minute },
    ]);
    expect(spent.map(({ fromMs, bad, cause }) => [fromMs / minute, bad, cause])).toEqual([
      [0, 2, 'unknown'],
      [2, 7, 'rollout'],
      [4, 5, 'unknown'],
    ]);
    expect(spent.reduce((sum, { bad }) => sum + bad, 0)).toBe(14);
  });

  it('is the experiment where a rollout went on as well', () => {
    const [only] = attributeSpending('checkout', minutes.slice(2), [
      { ...rollout, fromMs: 0, untilMs: 9 * minute },
      { ...chaos, fromMs: 2 * minute, untilMs: 5 * minute },
    ]);
    expect(only).toMatchObject({ ...chaos, bad: 12 });
  });
});
