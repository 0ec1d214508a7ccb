import { createHash } from 'node:crypto';
import type { PrometheusSeries } from '../client/answer.ts';
import { showSelector, equals } from '../selectors/selector.ts';
import { targetOf } from './target-of.ts';

type Named = Pick<PrometheusSeries, 'labels' | 'isHidden'>;

const longestValue = 60;
const longestName = 300;

/** As a message shows it: nothing that its labels say where the author of a spec chose the server. */
export function showSeries({ labels, isHidden }: Named): string {
  if (isHidden) return 'a series (not shown because the spec names the server)';
  const { __name__: metric = '', ...others } = labels;
  const matchers = Object.entries(others).map(([label, value]) =>
    equals(label, cut(value, longestValue)),
  );
  return cut(showSelector({ metric: cut(metric, longestValue), matchers }) || '{}', longestName);
}

/** The target of a series, as a message shows it. */
export function showTarget(series: Named): string {
  if (series.isHidden) return 'a target (not shown because the spec names the server)';
  return cut(targetOf(series), longestName);
}

/** Identifies the target of a series from one sample to the next; it goes into the history. */
export function keyOfTarget(series: Named): string {
  const target = targetOf(series);
  if (series.isHidden !== true && target.length <= longestName) return target;
  return createHash('sha256').update(target).digest('hex').slice(0, 16);
}

/** Identifies a series among those of its target. */
export function keyOfSeries({ labels }: Pick<PrometheusSeries, 'labels'>): string {
  const sorted = JSON.stringify(Object.entries(labels).sort());
  return createHash('sha256').update(sorted).digest('hex').slice(0, 12);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
