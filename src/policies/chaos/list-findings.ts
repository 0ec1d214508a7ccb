import type { ExperimentDetails } from '../../contracts/chaos/details.ts';
import type { FindingClosure } from '../../contracts/chaos/finding-closures.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { verdicts } from './verdicts.ts';

type Report = Pick<RunReport<ExperimentDetails>, 'subject' | 'outcome' | 'reason' | 'runRef'> &
  Pick<RunReport<ExperimentDetails>, 'startedAtMs' | 'endedAtMs' | 'details'>;

export type FindingState =
  | 'open'
  /** It should have been tried again by now. */
  | 'overdue'
  /** A later run has passed, or a person has closed it. */
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
  /** The person who closed it, where no run has passed. */
  closure?: { by: string; why: string };
  closedAtMs?: number;
}

const dayMs = 86_400_000;
const usualRetestMs = 30 * dayMs;

/**
 * What experiments have found, one for each of them at most: the last time in a row that it did not pass.
 * Open ones first, the most overdue at the top. A run that a person halted or that
 * was only planned says nothing. `closures`: what people have closed, one for each experiment at most.
 */
export function listFindings(
  reports: readonly Report[],
  nowMs: number,
  closures: readonly FindingClosure[] = [],
): ChaosFinding[] {
  const bySubject = new Map<string, Report[]>();
  for (const report of reports) {
    const subject = [report.subject.environment, report.subject.name].join('/');
    bySubject.set(subject, [...(bySubject.get(subject) ?? []), report]);
  }
  return [...bySubject.values()]
    .flatMap((own) => findingOf(own, closures, nowMs) ?? [])
    .toSorted(
      (one, other) =>
        Number(one.state === 'closed') - Number(other.state === 'closed') ||
        one.retestByMs - other.retestByMs,
    );
}

function findingOf(
  reports: readonly Report[],
  closures: readonly FindingClosure[],
  nowMs: number,
): ChaosFinding | undefined {
  const judged = reports
    .filter(saysSomething)
    .toSorted((one, other) => other.startedAtMs - one.startedAtMs);
  const passes = judged.findIndex(({ outcome }) => outcome !== 'Passed');
  const last = judged[passes];
  if (last === undefined) return undefined;
  const row = rowOf(judged.slice(passes), closures);
  const first = row.at(-1) ?? last;
  const { owner, retestWithinMs = usualRetestMs } = last.details;
  const retestByMs = last.endedAtMs + retestWithinMs;
  const closing = closingOf(last, judged[passes - 1], closures);
  return {
    environment: last.subject.environment,
    experiment: last.subject.name,
    state: closing !== undefined ? 'closed' : retestByMs < nowMs ? 'overdue' : 'open',
    ...{ outcome: last.outcome, reason: last.reason, runRef: last.runRef },
    ...{ sinceMs: first.endedAtMs, times: row.length, retestByMs },
    ...(owner !== undefined && { owner }),
    ...closing,
  };
}

/** Those before it that are the same finding: until one passed, or was closed. The last comes first. */
function rowOf(since: readonly Report[], closures: readonly FindingClosure[]): readonly Report[] {
  const end = since.findIndex(
    ({ outcome, runRef }, index) =>
      outcome === 'Passed' || (index > 0 && closures.some((each) => each.runRef === runRef)),
  );
  return end === -1 ? since : since.slice(0, end);
}

function closingOf(
  { runRef }: Report,
  passed: Report | undefined,
  closures: readonly FindingClosure[],
): Pick<ChaosFinding, 'closedBy' | 'closure' | 'closedAtMs'> | undefined {
  if (passed !== undefined) return { closedBy: passed.runRef, closedAtMs: passed.endedAtMs };
  const closed = closures.find((each) => each.runRef === runRef);
  if (closed === undefined) return undefined;
  const { by, why, atMs } = closed;
  return { closure: { by, why }, closedAtMs: atMs };
}

function saysSomething({ outcome, details: { endedBy } }: Report): boolean {
  if (outcome === 'Aborted') return endedBy === 'stop-condition';
  return (verdicts as readonly string[]).includes(outcome);
}
