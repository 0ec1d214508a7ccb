import { proxyActivities, setWorkflowOptions } from '@temporalio/workflow';
import type { CatalogueActivities, CatalogueFact } from '../../src/contracts/backups/catalogue.ts';
import { newestCode } from '../kernel/newest-code.ts';

const { recordFacts } = proxyActivities<CatalogueActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '30 days',
  retry: { maximumInterval: '5 min' },
  summary: 'write facts about sets into the catalogue',
});

/** Keeps what a run found out about sets until the catalogue takes it. */
export async function writeFacts(facts: readonly CatalogueFact[]): Promise<void> {
  await recordFacts(facts);
}

// The workers of the run's own version need not stay for it.
setWorkflowOptions(newestCode, writeFacts);
