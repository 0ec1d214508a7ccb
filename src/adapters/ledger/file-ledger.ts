import type { Ledger, LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { readRolloutReport } from '../../contracts/rollouts/read-report.ts';
import { EntryFolder, type DamagedEntry } from './entry-folder.ts';

export interface FileLedgerOptions {
  /** `<folder>/<environment>/<name>/<startedAtMs>-<runRef>.json`, made when first needed. */
  folder: string;
  /** Called with every entry that cannot be read; listing goes on without it. */
  onDamaged?: (damage: DamagedEntry) => void;
}

/** A ledger on one machine's disk: one JSON file per run, written whole or not at all. */
export function createFileLedger(options: FileLedgerOptions): Ledger {
  const reports = new EntryFolder({
    ...options,
    isEntry: (entry): entry is object => readRolloutReport(entry) !== undefined,
    whatItIsNot: 'a rollout report',
  });
  return {
    append: (report) => {
      const { subject, runRef: id, startedAtMs: atMs } = report;
      const { environment, name: service } = subject;
      return reports.write({ environment, service, id, atMs }, report, `the report of ${id}`);
    },

    async list(filter = {}) {
      const listed: RunReport[] = [];
      const { limit = Infinity, name, ...others } = filter;
      const named = name === undefined ? {} : { service: name };
      for await (const entry of reports.entries({ ...others, ...named })) {
        const report = readRolloutReport(entry);
        if (report === undefined || !isAskedFor(report, filter)) continue;
        if (listed.push(report) >= limit) break;
      }
      return listed;
    },
  };
}

function isAskedFor(
  { family, kind, runRef, endedAtMs }: RunReport,
  { sinceMs = -Infinity, ...asked }: LedgerFilter,
): boolean {
  return (
    (asked.family === undefined || family === asked.family) &&
    (asked.kinds?.includes(kind) ?? true) &&
    (asked.runRef === undefined || runRef === asked.runRef) &&
    endedAtMs >= sinceMs
  );
}
