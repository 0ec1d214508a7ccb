import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import { SourceError } from '../../contracts/rollouts/metric-reader.ts';
import { openExchange } from '../http/exchange.ts';
import { parseAddress } from './client/address.ts';
import { createQueryClient, type QueryLimit } from './client/query-client.ts';
import type { PrometheusSettings } from './prometheus-reader.ts';
import { valuesIn } from './values/values-in.ts';

/** The one number that a query gives. Throws SourceError where there is none, or Prometheus warns. */
export type ReadQuery = (query: string, limit: QueryLimit) => Promise<number>;

/** Asks the server of the settings. */
export function createQueryReader(settings: PrometheusSettings, guardOf: GuardOf): ReadQuery {
  const { address } = settings;
  if (address === undefined) {
    return async () => {
      throw new SourceError(
        'no Prometheus server is configured; set BELAY_PROMETHEUS_URL on the worker',
      );
    };
  }
  const shown = parseAddress(address).shown.replace(/^https?:\/\//, '');
  const client = createQueryClient({
    ...{ ...settings, address, quotesAnswers: true, exchange: openExchange() },
    guard: guardOf(`prometheus/${shown}`),
  });
  return async (text, limit) => {
    const { result, warnings } = await client.send({ text }, limit);
    if (warnings.length > 0) throw new SourceError(`Prometheus warns: ${warnings.join('; ')}`);
    const { values, reason } = valuesIn(result, 'stable');
    if (values?.stable !== undefined) return values.stable;
    throw new SourceError(reason ?? 'the query returns no number');
  };
}
