import { expect, test } from 'vitest';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import type { Spending } from '../../../src/contracts/objectives/spending.ts';
import { attributeSpending } from '../../../src/policies/objectives/attribute-spending.ts';
import { minuteAt } from '../../fixtures/objective.ts';

test('what was spent adds up to what failed, however often the last six hours are looked at', () => {
  const start = Date.UTC(2026, 10, 30);
  const minutes = Array.from({ length: 1_440 }, (_, index) =>
    minuteAt(start + index * minuteMs, 9, 1),
  );
  let stored: Spending[] = [];
  for (let nowMs = start; nowMs <= start + 24 * hourMs; nowMs += 10 * minuteMs) {
    const fromMs = Math.floor((nowMs - 6 * hourMs) / hourMs) * hourMs;
    const looked = minutes.filter(({ atMs }) => atMs >= fromMs && atMs < nowMs);
    stored = stored.filter((each) => each.fromMs < fromMs || each.fromMs >= nowMs);
    stored.push(...attributeSpending('checkout', looked, []));
  }
  expect(stored.reduce((sum, { bad }) => sum + bad, 0)).toBe(1_440);
});
