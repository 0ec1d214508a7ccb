import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Answer, PrometheusSeries } from '../client/answer.ts';
import type { Ask } from '../client/ask-together.ts';
import type { Patience } from '../client/query-client.ts';
import type { Selector } from '../selectors/selector.ts';
import { showSeries } from './count-series.ts';
import { identityLabels } from './target-of.ts';

/** One server, asked by one who has only so much time, about one moment. */
export interface Moment {
  /** Unix seconds, by the server's clock. */
  atS: number;
  /** Every sample of the last five minutes, as Prometheus' own look-back is. */
  samples(selector: Selector): Promise<readonly PrometheusSeries[]>;
  /** One sample for each target, and each value of `le`. */
  sums(selector: Selector): Promise<readonly PrometheusSeries[]>;
  /** The newest sample for each target: of gauges, which a target has one of. */
  gauges(selector: Selector): Promise<readonly PrometheusSeries[]>;
}

const lookbackS = 300;

/** Everything that is asked of a moment is of the same instant, however long the asking takes. */
export async function presentMoment(ask: Ask, patience: Patience): Promise<Moment> {
  const atS = scalarOf(await ask({ kind: 'text', text: 'time()' }, patience));
  const sums = async (kind: 'sum' | 'max', selector: Selector, by: readonly string[]) =>
    seriesOf(await ask({ kind, selector, by, atS }, patience));
  return {
    atS,
    samples: async (selector) =>
      seriesOf(await ask({ kind: 'samples', selector, windowS: lookbackS, atS }, patience)),
    sums: (selector) => sums('sum', selector, [...identityLabels, 'le']),
    gauges: (selector) => sums('max', selector, identityLabels),
  };
}

function scalarOf({ result }: Answer): number {
  if (result.kind === 'scalar') return result.sample.value;
  // As Thanos, Mimir and VictoriaMetrics may answer.
  const [only, ...others] = 'series' in result ? result.series : [];
  const atS = others.length === 0 ? only?.samples.at(-1)?.value : undefined;
  if (result.kind === 'vector' && atS !== undefined && Number.isFinite(atS)) return atS;
  throw new SourceError(`Prometheus answers time() with a ${result.kind}`);
}

/** A warning says that something is missing: part of the counters would look like a restart. */
function seriesOf({ result, warnings }: Answer): readonly PrometheusSeries[] {
  if (warnings.length > 0) {
    throw new SourceError(`Prometheus warns: ${warnings.join('; ').slice(0, 500)}`);
  }
  const native = 'series' in result && result.series.find(({ hasHistograms }) => hasHistograms);
  if (native) {
    throw new SourceError(
      `${showSeries(native)} is a native histogram, which is not counted by; name a counter, or let Prometheus keep its classic series, too`,
    );
  }
  if ('series' in result) return result.series;
  throw new SourceError(`Prometheus answers a selector with a ${result.kind}`);
}
