import type { Client } from '@temporalio/client';
import { listRuns } from '../../adapters/temporal/list-runs.ts';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { kindNamed, kinds } from '../../kinds/registry.ts';
import { phaseLabel } from '../../policies/rollouts/observability/phase-label.ts';
import { rolloutFamily } from '../../kinds/rollouts.ts';
import type { BelayMetrics, CountedRun } from './belay-metrics.ts';

const query = runsQuery(kinds, isOpen);
/** Shorter than a scrape, which Prometheus limits to ten seconds. */
const answerWithinMs = 5_000;

/** Reads the open runs from Temporal's list, at most once per interval. */
export function refreshOpenRuns(
  metrics: BelayMetrics,
  list: () => Promise<CountedRun[]>,
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

export async function listOpenRuns(client: Client): Promise<CountedRun[]> {
  return client.withDeadline(Date.now() + answerWithinMs, async () => {
    const runs: CountedRun[] = [];
    for await (const run of listRuns(client, query, 1_000)) {
      const { kind, environment, name, phase, severity } = run;
      const family = kindNamed(kind)?.family ?? unknown;
      runs.push({
        family,
        kind: kind || unknown,
        environment: environment || unknown,
        name,
        phase: family === rolloutFamily ? phaseLabel(phase) : phase,
        ...(severity !== undefined && { severity }),
      });
    }
    return runs;
  });
}

/** Of a run that has not said its kind, or whose kind this version does not have. */
const unknown = 'unknown';
