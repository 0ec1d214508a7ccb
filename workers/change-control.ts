import type { Client } from '@temporalio/client';
import { createChangeControlActivities } from '../activities/kernel/change-control.ts';
import { createBudgetGate } from '../activities/objectives/budget-gate.ts';
import {
  createAskPermit,
  readChangeControlState,
} from '../src/adapters/temporal/change-control.ts';
import { createFindDeadHolders } from '../src/adapters/temporal/dead-holders.ts';
import { judgeTemporal, judgeTemporalAlone } from '../src/adapters/temporal/judge-answer.ts';
import type { Guard } from '../src/contracts/kernel/breakers.ts';
import type { ChangeControlActivities } from '../src/contracts/kernel/change-control.ts';
import type { ObjectiveStore } from '../src/contracts/objectives/objective-store.ts';

/** Permits of Temporal, and the error budgets of the ledger that are asked before them. */
export function openChangeControl(
  client: Client,
  temporal: Guard,
  objectives: ObjectiveStore,
): ChangeControlActivities {
  const askPermit = createAskPermit(client);
  const findDeadHolders = createFindDeadHolders(client);
  return createChangeControlActivities(
    {
      askPermit: (request, asking) =>
        temporal(() => askPermit(request, asking), judgeTemporalAlone),
      readState: (asking) =>
        temporal(() => readChangeControlState(client, asking), judgeTemporalAlone),
      findDeadHolders: (holders) => temporal(() => findDeadHolders(holders), judgeTemporal),
    },
    createBudgetGate(objectives),
  );
}
