import type { PrometheusSeries } from '../client/answer.ts';
import { equals, like, literally, type Matcher } from '../selectors/selector.ts';
import type { Moment } from './moment.ts';
import { scrapedOf } from './target-of.ts';

/** A gauge that every scraped target has, of the targets of these series. */
export async function gaugesOfTargets(
  metric: string,
  series: readonly PrometheusSeries[],
  moment: Moment,
): Promise<readonly PrometheusSeries[]> {
  const scraped = series.filter((each) => scrapedOf(each) !== undefined);
  if (scraped.length === 0) return [];
  const matchers = ['job', 'instance'].map((label) => oneOf(label, scraped));
  return moment.gauges({ metric, matchers });
}

function oneOf(label: string, series: readonly PrometheusSeries[]): Matcher {
  const values = [...new Set(series.map(({ labels }) => labels[label] ?? ''))].sort();
  const [first = ''] = values;
  if (values.length === 1) return equals(label, first);
  return like(label, values.map(literally).join('|'));
}
