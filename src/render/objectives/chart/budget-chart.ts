import type { ObjectiveReport } from '../../../contracts/objectives/slo-report.ts';
import { budgetShare } from '../../../policies/objectives/judge-objective.ts';
import { axisTicks } from '../../kernel/chart/value-range.ts';
import { element, lineFrom, rounded, textAt } from '../../kernel/markup.ts';

const left = 48;
const right = 12;
const top = 10;
const bottom = 22;

/** How much of the budget of the whole period was left after each day; nothing where there is no budget. */
export function budgetChart(
  report: Pick<ObjectiveReport, 'indicator' | 'comparison' | 'target' | 'days' | 'standing'>,
  { width, height }: { width: number; height: number },
): string {
  const share = budgetShare(report);
  const total = report.standing.tally.good + report.standing.tally.bad;
  if (share === undefined || total === 0 || report.days.length < 2) return '';
  let bad = 0;
  const remaining = report.days.map(({ tally }) => {
    bad += tally.bad;
    return 1 - bad / (share * total);
  });
  const range = { low: Math.min(0, ...remaining), high: 1 };
  const ticks = axisTicks(range, percent);
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  const x = (index: number) => left + ((index + 1) / report.days.length) * (width - left - right);
  const y = (value: number) => top + ((high - value) / (high - low)) * (height - top - bottom);
  const points = [1, ...remaining].map(
    (value, index) => `${rounded(x(index - 1))},${rounded(y(value))}`,
  );
  const axis = ticks.map(
    (tick) =>
      lineFrom(left, y(tick), width - right, y(tick), tick === 0 ? 'bound' : 'grid') +
      textAt(left - 6, y(tick) + 4, percent(tick), { 'text-anchor': 'end', class: 'small' }),
  );
  const [first, last] = [report.days[0]?.name ?? '', report.days.at(-1)?.name ?? ''];
  return [
    ...axis,
    element('polyline', { class: 'judged', points: points.join(' ') }),
    textAt(left, height - 6, first, { class: 'small' }),
    textAt(width - right, height - 6, last, { class: 'small', 'text-anchor': 'end' }),
  ].join('');
}

function percent(value: number): string {
  return `${Math.round(value * 100)}%`;
}
