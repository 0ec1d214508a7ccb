import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RolloutReport } from '../../contracts/rollouts/report.ts';
import { outcomes } from '../../contracts/rollouts/outcome.ts';
import { EntryFolder, type DamagedEntry } from './entry-folder.ts';

export interface FileLedgerOptions {
  /** `<folder>/<environment>/<service>/<startedAtMs>-<rolloutId>.json`, made when first needed. */
  folder: string;
  /** Told of every entry that cannot be read; listing goes on without it. */
  onDamaged?: (damage: DamagedEntry) => void;
}

/** A ledger on one machine's disk: one JSON file per rollout, written whole or not at all. */
export function createFileLedger(options: FileLedgerOptions): Ledger {
  const reports = new EntryFolder({
    ...options,
    isEntry: isReport,
    whatItIsNot: 'a rollout report',
  });
  return {
    /** A rollout that was reset reports again under its ID: the later report takes the earlier one's place. */
    append: (report) => {
      const { environment, service, rolloutId: id, startedAtMs: atMs } = report;
      return reports.write({ environment, service, id, atMs }, report, `the report of ${id}`);
    },

    async list(filter = {}) {
      const listed: RolloutReport[] = [];
      const { limit = Infinity } = filter;
      for await (const report of reports.entries(filter)) {
        if (listed.push(report) >= limit) break;
      }
      return listed;
    },
  };
}

function isReport(entry: unknown): entry is RolloutReport {
  const report = entry as Partial<RolloutReport> | null;
  return (
    typeof report?.rolloutId === 'string' &&
    typeof report.startedAtMs === 'number' &&
    typeof report.endedAtMs === 'number' &&
    Array.isArray(report.stages) &&
    (outcomes as readonly unknown[]).includes(report.outcome)
  );
}
