import type { Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';

/** An open run of one database. */
export interface DatabaseRunShown {
  workflowId: string;
  kind: string;
  phase: string;
  now: string;
  /** Of a fence: the node that is not fenced yet. */
  unfenced?: string;
}

/** What is under way, and first of all which node may still take writes beside the primary. */
export function renderDatabase(runs: readonly DatabaseRunShown[], { paint }: Page): string {
  const unfenced = runs.flatMap((run) => run.unfenced ?? []);
  const watched = runs.some(({ kind }) => kind === 'databaseWatch');
  const rows = runs.map(({ kind, phase, now, workflowId }) => [
    kind,
    phase,
    now,
    paint.dim(workflowId),
  ]);
  return [
    ...unfenced.map((node) => paint.yellow(`not fenced yet: ${node}`)),
    ...(watched ? [] : ['nobody watches it: belay database watch']),
    ...renderTable(rows, { indent: 0 }),
  ].join('\n');
}
