import type { RunReport } from '../../contracts/kernel/report.ts';
import type { DamagedEntry } from './ledger-entry.ts';
import type { RunRow } from './tables.ts';

const texts = ['family', 'kind', 'runRef', 'workflowId', 'runId', 'outcome', 'reason'] as const;
const times = ['startedAtMs', 'endedAtMs'] as const;
const lists = ['people', 'undo', 'notes'] as const;

/** The report of a run, or what is wrong with it: one that cannot be read does not hide the others. */
export function readRow({
  run_ref,
  report,
}: Pick<RunRow, 'run_ref' | 'report'>): RunReport | DamagedEntry {
  try {
    const given = JSON.parse(report) as Partial<RunReport> | null;
    const wrong = wrongFields(given ?? {});
    if (wrong.length === 0) return given as RunReport;
    return { entry: run_ref, problem: `it has no ${wrong.join(', ')}` };
  } catch (error) {
    return { entry: run_ref, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Of what every reader relies on. What only one kind knows is checked by whoever reads that. */
function wrongFields(given: Partial<RunReport>): string[] {
  const { subject, details } = given as {
    subject?: Partial<RunReport['subject']>;
    details?: unknown;
  };
  return [
    ...texts.filter((field) => typeof given[field] !== 'string'),
    ...times.filter((field) => typeof given[field] !== 'number'),
    ...lists.filter((field) => !Array.isArray(given[field])),
    ...(typeof subject?.environment === 'string' && typeof subject.name === 'string'
      ? []
      : ['subject']),
    ...(typeof details === 'object' && details !== null ? [] : ['details']),
  ];
}
