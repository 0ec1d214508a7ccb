import type { Ledger, LedgerFilter } from '../../src/contracts/kernel/ledger.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';

/** Reports of runs, for as long as a test lasts. */
export class MemoryLedger implements Ledger {
  /** While it is set, every call fails with it. */
  failure: Error | undefined;
  private readonly reports = new Map<string, RunReport>();

  constructor(...reports: RunReport[]) {
    for (const report of reports) this.reports.set(report.runRef, report);
  }

  async append(report: RunReport): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const earlier = this.reports.get(report.runRef);
    if (earlier !== undefined && earlier.endedAtMs > report.endedAtMs) return;
    this.reports.set(report.runRef, structuredClone(report));
  }

  async list(filter: LedgerFilter = {}): Promise<RunReport[]> {
    if (this.failure !== undefined) throw this.failure;
    const { limit = Infinity, each = Infinity } = filter;
    const perSubject = new Map<string, number>();
    return [...this.reports.values()]
      .filter((report) => isAskedFor(report, filter))
      .sort((one, other) => other.startedAtMs - one.startedAtMs)
      .filter(({ family, subject }) => {
        const key = JSON.stringify([family, subject.environment, subject.name]);
        const count = (perSubject.get(key) ?? 0) + 1;
        perSubject.set(key, count);
        return count <= each;
      })
      .slice(0, limit)
      .map((report) => structuredClone(report));
  }
}

function isAskedFor(
  { family, kind, subject, runRef, outcome, endedAtMs }: RunReport,
  asked: LedgerFilter,
): boolean {
  return (
    (asked.family === undefined || family === asked.family) &&
    (asked.families?.includes(family) ?? true) &&
    (asked.kinds?.includes(kind) ?? true) &&
    (asked.environment === undefined || subject.environment === asked.environment) &&
    (asked.name === undefined || subject.name === asked.name) &&
    (asked.runRef === undefined || runRef === asked.runRef) &&
    (asked.outcomes?.includes(outcome) ?? true) &&
    endedAtMs >= (asked.sinceMs ?? -Infinity)
  );
}
