import { Context } from '@temporalio/activity';
import type { ReadQuery } from '../../src/adapters/prometheus/query-reader.ts';
import type { QueryWatchActivities } from '../../src/contracts/chaos/observation.ts';
import { watchAttempt } from './support/watch-attempt.ts';

const timeoutMs = 10_000;

/** What a worker samples for experiments. */
export function createQueryWatchActivities(readQuery: ReadQuery): QueryWatchActivities {
  return {
    watchQueries: (order) =>
      watchAttempt(order, async (source) => {
        if (source.of !== 'query') throw new Error('probes are asked by their agents');
        const timeout = AbortSignal.timeout(timeoutMs);
        const signal = AbortSignal.any([Context.current().cancellationSignal, timeout]);
        return { value: await readQuery(source.query, { signal, timeoutMs }) };
      }),
  };
}
