import { expect, test } from 'vitest';
import { hourMs } from '../../../src/contracts/objectives/minute.ts';
import type { ObjectiveReport, SloReport } from '../../../src/contracts/objectives/slo-report.ts';
import { addTallies } from '../../../src/policies/objectives/tally.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { renderSloHtml } from '../../../src/render/objectives/html/render-slo-html.ts';
import { renderSloReport } from '../../../src/render/objectives/render-slo-report.ts';
import { objectiveOf } from '../../fixtures/objective.ts';
import { daysOf, pageNow } from '../../fixtures/status-page.ts';

const days = daysOf({ 10: { badMs: hourMs, good: 900, bad: 100 }, 20: { good: 99_000 } });
const fromMs = days[0]?.fromMs ?? 0;
const tally = addTallies(days.map((day) => day.tally));
const objective: ObjectiveReport = {
  ...{ objective: 'checkout', service: 'shop', indicator: 'availability' },
  ...{ comparison: 'atLeast', target: 0.999, days, exclusions: [], downtimes: [] },
  standing: judgeObjective(objectiveOf(), tally, {
    span: { fromMs, untilMs: pageNow },
    leastCoverage: 0.9,
  }),
  violations: [{ kind: 'breach', openedAtMs: fromMs, withinMs: hourMs, reason: 'a | b' }],
  spending: [{ cause: 'rollout', bad: 100, runs: [{ runRef: 'r-1', bad: 100 }] }],
  credit: { of: 'due', tier: { below: 0.999, credit: 0.1 } },
};
const report: SloReport = {
  ...{ environment: 'prod', fromMs, untilMs: pageNow, zone: 'UTC', writtenAtMs: pageNow },
  ...{ isUnfinished: false, objectives: [objective] },
};

test('a report says what was wanted, what was measured, and how the time divides', () => {
  const text = renderSloReport(report);
  for (const line of [
    '# Objectives of prod',
    '- Wanted: availability at least 99.9%',
    '- Measured: 99.9% of 100000 requests',
    '- Time: 89d11h good, 1h bad',
    '- Spent by rollout: 100 (r-1 100)',
    '- Credit: 10%, as it is below 99.9%',
    'a \\| b',
  ]) {
    expect(text).toContain(line);
  }
});

test('as a page it has charts with words for those who do not see them, and no script', () => {
  const html = renderSloHtml(report);
  expect(html).toContain(
    'role="img" aria-label="90 days: 89d11h good, 1h bad; bad time on 2026-09-12"',
  );
  expect(html).toContain('class="belay-chart"');
  expect(html).not.toContain('<script');
});
