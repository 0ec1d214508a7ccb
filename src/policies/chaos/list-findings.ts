import type { ExperimentDetails } from '../../contracts/chaos/details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { verdicts } from './verdicts.ts';

type Report = Pick<RunReport<ExperimentDetails>, 'subject' | 'outcome' | 'reason' | 'runRef'> &
  Pick<RunReport<ExperimentDetails>, 'startedAtMs' | 'endedAtMs' | 'details'>;

export type FindingState =
  | 'open'
  /** It should have been tried again by now. */
  | 'overdue'
  /** A later run has passed. */
  | 'closed';

/** A hypothesis that did not hold, or could not be shown to. */
export interface ChaosFinding {
  environment: string;
  experiment: string;
  state: FindingState;
  /** Of the last run that did not pass. */
  outcome: string;
  reason: string;
  runRef: string;
  /** When the first run in a row ended that did not pass. */
  sinceMs: number;
  /** How many runs in a row did not pass. */
  times: number;
  /** As the spec of the experiment names them. */
  owner?: string;
  /** The experiment should have been run again by then. */
  retestByMs: number;
  /** The run that passed. */
  closedBy?: string;
  closedAtMs?: number;
}

const dayMs = 86_400_000;
const usualRetestMs = 30 * dayMs;

/**
 * What experiments have found, one for each of them at most: the last time in a row that it did not pass.
 * Open ones first, the most overdue at the top. A run that a person halted or that
 * was only planned says nothing.
 */
export function listFindings(reports: readonly Report[], nowMs: number): ChaosFinding[] {
  const bySubject = new Map<string, Report[]>();
  for (const report of reports) {
    const subject = [report.subject.environment, report.subject.name].join('/');
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), report]);
  }
  return [...bySubject.values()]
    .flatMap((own) => findingOf(own, nowMs) ?? [])
    .toSorted(
      (one, other) =>
        Number(one.state === 'closed') - Number(other.state === 'closed') ||
        one.retestByMs - other.retestByMs,
    );
}

function findingOf(reports: readonly Report[], nowMs: number): ChaosFinding | undefined {
  const judged = reports
    .filter(saysSomething)
    .toSorted((one, other) => other.startedAtMs - one.startedAtMs);
  const passes = judged.findIndex(({ outcome }) => outcome !== 'Passed');
  if (passes === -1) return undefined;
  const since = judged.slice(passes);
  const before = since.findIndex(({ outcome }) => outcome === 'Passed');
  const row = before === -1 ? since : since.slice(0, before);
  const [last] = row;
  const first = row.at(-1);
  if (last === undefined || first === undefined) return undefined;
  const closing = judged[passes - 1];
  const { owner, retestWithinMs = usualRetestMs } = last.details;
  const retestByMs = last.endedAtMs + retestWithinMs;
  return {
    environment: last.subject.environment,
    experiment: last.subject.name,
    state: closing !== undefined ? 'closed' : retestByMs < nowMs ? 'overdue' : 'open',
    ...{ outcome: last.outcome, reason: last.reason, runRef: last.runRef },
    ...{ sinceMs: first.endedAtMs, times: row.length, retestByMs },
    ...(owner !== undefined && { owner }),
    ...(closing !== undefined && { closedBy: closing.runRef, closedAtMs: closing.endedAtMs }),
  };
}

function saysSomething({ outcome, details: { endedBy } }: Report): boolean {
  if (outcome === 'Aborted') return endedBy === 'stop-condition';
  return (verdicts as readonly string[]).includes(outcome);
}
