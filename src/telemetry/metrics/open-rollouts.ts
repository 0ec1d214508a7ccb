import type { Client } from '@temporalio/client';
import { listRuns } from '../../adapters/temporal/list-runs.ts';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { rolloutKinds } from '../../kinds/rollouts.ts';
import { phaseLabel } from '../../policies/rollouts/observability/phase-label.ts';
import type { BelayMetrics, CountedRollout } from './belay-metrics.ts';

const query = runsQuery(Object.values(rolloutKinds), isOpen);
/** Shorter than a scrape, which Prometheus limits to ten seconds. */
const answerWithinMs = 5_000;

/** Reads the open rollouts from Temporal's list, at most once per interval. */
export function refreshOpenRollouts(
  metrics: BelayMetrics,
  list: () => Promise<CountedRollout[]>,
  everyMs = 15_000,
): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    if (Date.now() < nextMs) return;
    nextMs = Date.now() + everyMs;
    try {
      metrics.showOpen(await list());
      metrics.temporalAnswers.set(1);
    } catch {
      metrics.showOpen([]);
      metrics.temporalAnswers.set(0);
    }
  };
}

export async function listOpenRollouts(client: Client): Promise<CountedRollout[]> {
  return client.withDeadline(Date.now() + answerWithinMs, async () => {
    const rollouts: CountedRollout[] = [];
    for await (const { kind, environment, name, phase } of listRuns(client, query, 1_000)) {
      rollouts.push({
        kind: kind || 'unknown',
        environment: environment || 'unknown',
        service: name,
        phase: phaseLabel(phase),
      });
    }
    return rollouts;
  });
}
