import type { ReportedDay } from '../../../contracts/objectives/slo-report.ts';
import { escapeMarkup } from '../../kernel/escape-markup.ts';
import { element, rounded } from '../../kernel/markup.ts';
import { lengthOf, partsInWords, partsOfTime, type PartOfTime } from '../time-words.ts';

export interface BarsLayout {
  /** Of one day, its gap included. */
  step: number;
  height: number;
}

const classes: Readonly<Record<PartOfTime, string>> = {
  goodMs: 'good',
  badMs: 'bad',
  noDataMs: 'none',
  excludedMs: 'excluded',
};

/** What is bad is never too small to be seen. */
const leastBad = 3;

type Bar = Pick<ReportedDay, 'name' | 'tally'>;

/**
 * A bar for each day, by time: a night without a measurement is as long as it was. One path for each
 * part of time keeps a page with many services small.
 */
export function dayBars(days: readonly Bar[], { step, height }: BarsLayout): string {
  const paths = new Map<PartOfTime, string>();
  days.forEach(({ tally }, index) => {
    let top = height;
    for (const [key, size] of sizesOf(tally, height)) {
      top -= size;
      const drawn = `M${rounded(index * step)} ${rounded(top)}h${step - 1}v${rounded(size)}h-${step - 1}z`;
      paths.set(key, (paths.get(key) ?? '') + drawn);
    }
  });
  const drawn = [...paths].map(([key, d]) => element('path', { class: classes[key], d }));
  const troubled = days.flatMap(({ name, tally }, index) => {
    if (tally.badMs + tally.noDataMs - tally.idleMs + tally.excludedMs === 0) return [];
    const title = element('title', {}, escapeMarkup(`${name}: ${partsInWords(tally)}`));
    return [element('rect', { class: 'over', x: index * step, width: step, height }, title)];
  });
  return [...drawn, ...troubled].join('');
}

/** From the bottom up. A time without requests is nothing that went wrong. */
function sizesOf(tally: Bar['tally'], height: number): [PartOfTime, number][] {
  const length = lengthOf(tally);
  if (length === 0) return [['noDataMs', height]];
  const sizes = partsOfTime.map(({ key }): [PartOfTime, number] => [
    key,
    (tally[key] / length) * height,
  ]);
  const bad = sizes.find(([key]) => key === 'badMs');
  const largest = sizes.reduce((one, other) => (other[1] > one[1] ? other : one));
  if (bad !== undefined && bad[1] > 0 && bad[1] < leastBad && largest !== bad) {
    largest[1] -= leastBad - bad[1];
    bad[1] = leastBad;
  }
  return sizes.filter(([, size]) => size > 0);
}

/** `30 days: 29d good, 1h bad; bad on 2026-11-03`: what the bars show, for those who do not see them. */
export function barsInWords(days: readonly Bar[]): string {
  const total = days.reduce(
    (sum, { tally }) => {
      for (const { key } of partsOfTime) sum[key] += tally[key];
      return sum;
    },
    { goodMs: 0, badMs: 0, noDataMs: 0, excludedMs: 0 } as Bar['tally'],
  );
  const bad = days.filter(({ tally }) => tally.badMs > 0).map(({ name }) => name);
  const shown = bad.slice(-5).join(', ');
  const more = bad.length > 5 ? ` and ${bad.length - 5} days before` : '';
  const when = bad.length === 0 ? 'no bad time' : `bad time on ${shown}${more}`;
  const many = days.length === 1 ? '1 day' : `${days.length} days`;
  return `${many}: ${partsInWords(total)}; ${when}`;
}
