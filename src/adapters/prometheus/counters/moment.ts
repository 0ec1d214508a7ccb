import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Answer, PrometheusSeries } from '../client/answer.ts';
import type { Ask } from '../client/batch-queries.ts';
import type { QueryLimit } from '../client/query-client.ts';
import type { Selector } from '../selectors/selector.ts';
import { showSeries } from './name-series.ts';
import { identityLabels } from './target-of.ts';

/** The state of one server at one instant, read within a time limit. */
export interface Moment {
  /** Unix seconds, by the server's clock. */
  atS: number;
  /** Every sample of the last five minutes, which is the default look-back of Prometheus. */
  samples(selector: Selector): Promise<readonly PrometheusSeries[]>;
  /** One sample for each target, and each value of `le`. */
  sums(selector: Selector): Promise<readonly PrometheusSeries[]>;
  /** The newest sample for each target, for gauges that exist once per target. */
  gauges(selector: Selector): Promise<readonly PrometheusSeries[]>;
}

const lookbackS = 300;

/** All queries of a moment are evaluated at the same instant, however long they take. */
export async function presentMoment(ask: Ask, limit: QueryLimit): Promise<Moment> {
  return momentAt(ask, limit, scalarOf(await ask({ kind: 'text', text: 'time()' }, limit)));
}

/** `atS`: Unix seconds, by the server's clock. */
export function momentAt(ask: Ask, limit: QueryLimit, atS: number): Moment {
  const sums = async (kind: 'sum' | 'max', selector: Selector, by: readonly string[]) =>
    seriesOf(await ask({ kind, selector, by, atS }, limit));
  return {
    atS,
    samples: async (selector) =>
      seriesOf(await ask({ kind: 'samples', selector, windowS: lookbackS, atS }, limit)),
    sums: (selector) => sums('sum', selector, [...identityLabels, 'le']),
    gauges: (selector) => sums('max', selector, identityLabels),
  };
}

function scalarOf({ result }: Answer): number {
  if (result.kind === 'scalar') return result.sample.value;
  // The form of Thanos, Mimir and VictoriaMetrics.
  const [only, ...others] = 'series' in result ? result.series : [];
  const atS = others.length === 0 ? only?.samples.at(-1)?.value : undefined;
  if (result.kind === 'vector' && atS !== undefined && Number.isFinite(atS)) return atS;
  throw new SourceError(`Prometheus answered time() with a ${result.kind}`);
}

/** A warning means that data is missing, and missing counters would look like a restart. */
function seriesOf({ result, warnings }: Answer): readonly PrometheusSeries[] {
  if (warnings.length > 0) {
    throw new SourceError(`Prometheus warns: ${warnings.join('; ').slice(0, 500)}`);
  }
  const native = 'series' in result && result.series.find(({ hasHistograms }) => hasHistograms);
  if (native) {
    throw new SourceError(
      `${showSeries(native)} is a native histogram, which cannot be used; name a counter, or let Prometheus also keep the classic series`,
    );
  }
  if ('series' in result) return result.series;
  throw new SourceError(`Prometheus answered a selector with a ${result.kind}`);
}
