import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { AlertResponse } from '../../../src/contracts/rollouts/alerts.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import { renderAlert } from '../../../src/render/rollouts/render-alert.ts';

/** Shows the response in the Web UI: in the details and in the list's columns. */
export function showAlert(response: AlertResponse): void {
  setCurrentDetails(renderAlert(response));
  const { service, environment, action, rolloutId } = response;
  const isDecided = service !== undefined || rolloutId !== undefined;
  if (!isDecided) return;
  const wanted: [name: string, value: string | undefined][] = [
    [searchAttributeNames.service, service],
    [searchAttributeNames.environment, environment],
    [searchAttributeNames.outcome, action],
  ];
  const shown = workflowInfo().typedSearchAttributes;
  const changed = wanted.flatMap(([name, value]) => {
    const key = defineSearchAttributeKey(name, 'KEYWORD');
    return value !== undefined && shown.get(key) !== value ? [{ key, value }] : [];
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}
