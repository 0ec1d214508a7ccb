import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributeNames } from '../../src/contracts/kernel/search-attributes.ts';
import type { RolloutStatus, StageStatus } from '../../src/contracts/rollouts/status.ts';
import { renderCurrentDetails } from '../../src/render/rollouts/render-current-details.ts';

/**
 * Shows the status in the Web UI: in the details and, when they changed, in the list's columns.
 * `deployments` are those of the service.
 */
export function showRollout(status: RolloutStatus, deployments: string[]): void {
  setCurrentDetails(renderCurrentDetails(status));
  if (status.service === '') return;
  const wanted: [name: string, value: string | undefined][] = [
    [searchAttributeNames.kind, status.kind],
    [searchAttributeNames.service, status.service],
    [searchAttributeNames.environment, status.environment],
    [searchAttributeNames.version, status.version],
    [searchAttributeNames.phase, shownPhase(status)],
    [searchAttributeNames.outcome, status.outcome],
  ];
  const shown = workflowInfo().typedSearchAttributes;
  const changed: SearchAttributeUpdatePair[] = wanted.flatMap(([name, value]) => {
    const key = defineSearchAttributeKey(name, 'KEYWORD');
    return shown.get(key) !== value ? [{ key, value: value ?? null }] : [];
  });
  if (changed.length === 0) return;
  if (shown.get(deploymentsKey)?.join() !== deployments.join()) {
    changed.push({ key: deploymentsKey, value: deployments });
  }
  upsertSearchAttributes(changed);
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');

/** Each change costs an Action, so passing phases show as the stage they belong to. */
function shownPhase({ phase, stages }: RolloutStatus): string {
  switch (phase) {
    case 'starting':
      return 'starting';
    case 'preparing':
    case 'holding':
    case 'promoting':
      return stageShown(stages);
    default:
      return phase;
  }
}

/** The open stage, or the last one that is worth an Action: one without a hold is over at once. */
function stageShown(stages: StageStatus[]): string {
  const entered = stages.filter(({ state }) => state !== 'pending' && state !== 'skipped');
  const shown = entered.findLast(({ holdMs }) => holdMs > 0) ?? entered.at(-1);
  return shown === undefined ? 'starting' : `at ${shown.weight} %`;
}
