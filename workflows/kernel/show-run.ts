import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributeNames } from '../../src/contracts/kernel/search-attributes.ts';
import type { Subject } from '../../src/kinds/kind.ts';

/** What lists of runs show. */
export interface SearchColumns extends Subject {
  kind: string;
  phase: string;
  version?: string;
  outcome?: string;
  severity?: string;
  /** Those of the service, each as `<namespace>/<name>`. */
  deployments?: string[];
}

/**
 * Shows the page in the Web UI's details and, when they changed, the columns in its list.
 * Without columns the run has no subject yet.
 */
export function showRun(page: string, columns: SearchColumns | undefined): void {
  setCurrentDetails(page);
  if (columns === undefined) return;
  const wanted: [name: string, value: string | undefined][] = [
    [searchAttributeNames.kind, columns.kind],
    [searchAttributeNames.service, columns.name],
    [searchAttributeNames.environment, columns.environment],
    [searchAttributeNames.version, columns.version],
    [searchAttributeNames.phase, columns.phase],
    [searchAttributeNames.outcome, columns.outcome],
    [searchAttributeNames.severity, columns.severity],
  ];
  const shown = workflowInfo().typedSearchAttributes;
  const changed: SearchAttributeUpdatePair[] = wanted.flatMap(([name, value]) => {
    const key = defineSearchAttributeKey(name, 'KEYWORD');
    return shown.get(key) !== value ? [{ key, value: value ?? null }] : [];
  });
  if (changed.length === 0) return;
  const { deployments = [] } = columns;
  if ((shown.get(deploymentsKey) ?? []).join() !== deployments.join()) {
    changed.push({ key: deploymentsKey, value: deployments });
  }
  upsertSearchAttributes(changed);
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');
