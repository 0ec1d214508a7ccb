import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, type TypedSearchAttributes } from '@temporalio/common';
import { workflowTypes } from '../../kinds/workflow-types.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import { phaseLabel } from '../../policies/rollouts/observability/phase-label.ts';
import type { BelayMetrics, CountedRollout } from './belay-metrics.ts';

const types = Object.values(workflowTypes).map((type) => `'${type}'`);
const query = `WorkflowType IN (${types.join(', ')}) AND ExecutionStatus = 'Running'`;
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
    for await (const run of client.workflow.list({ query, pageSize: 1_000 })) {
      const read = readKeywords(run.typedSearchAttributes);
      rollouts.push({
        kind: read(searchAttributeNames.kind) ?? 'unknown',
        environment: read(searchAttributeNames.environment) ?? 'unknown',
        service: read(searchAttributeNames.service) ?? 'unknown',
        phase: phaseLabel(read(searchAttributeNames.phase)),
      });
    }
    return rollouts;
  });
}

function readKeywords(attributes: TypedSearchAttributes) {
  return (name: string) => attributes.get(defineSearchAttributeKey(name, 'KEYWORD'));
}
