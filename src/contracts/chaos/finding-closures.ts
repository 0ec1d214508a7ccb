import type { Ledger } from '../kernel/ledger.ts';
import type { RunReport } from '../kernel/report.ts';

const findingClosureFamily = 'chaos-findings';

/** That a person has closed a finding, although no later run has passed. */
export interface FindingClosure {
  environment: string;
  experiment: string;
  /** The last run that did not pass; a later one is a finding again. */
  runRef: string;
  by: string;
  why: string;
  atMs: number;
}

/** The newest of each experiment. */
export async function listClosures(
  ledger: Pick<Ledger, 'list'>,
  { environment }: { environment?: string },
): Promise<FindingClosure[]> {
  const reports = await ledger.list({
    ...{ family: findingClosureFamily, each: 1 },
    ...(environment !== undefined && { environment }),
  });
  return reports.map(({ details }) => details).filter(isClosure);
}

/** Again: the later one takes the place of the earlier one. */
export function recordClosure(
  ledger: Pick<Ledger, 'append'>,
  closure: FindingClosure,
): Promise<void> {
  return ledger.append(reportOf(closure));
}

/** As responses to alerts, it is in the ledger as an entry of a family that has no kinds. */
function reportOf(closure: FindingClosure): RunReport<FindingClosure> {
  const { environment, experiment, runRef, by, why, atMs } = closure;
  return {
    ...{ format: 2, family: findingClosureFamily, kind: 'findingClosure' },
    ...{ runRef: `closed/${runRef}`, workflowId: '', runId: '', parentRef: runRef },
    subject: { environment, name: experiment },
    ...{ outcome: 'Closed', reason: why, startedAtMs: atMs, endedAtMs: atMs, startedBy: by },
    ...{ people: [], undo: [], notes: [] },
    details: closure,
  };
}

function isClosure(given: unknown): given is FindingClosure {
  const closure = given as Partial<FindingClosure> | null | undefined;
  const texts = ['environment', 'experiment', 'runRef', 'by', 'why'] as const;
  return (
    texts.every((field) => typeof closure?.[field] === 'string') &&
    typeof closure?.atMs === 'number'
  );
}
