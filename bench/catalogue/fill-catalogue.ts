import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import type { BackupSet } from '../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../src/contracts/backups/catalogue.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { resolveSpecOf } from '../../src/specs/registry.ts';

const hourMs = 3_600_000;
const [environment, backup] = ['prod', 'shop'];
const component = {
  name: 'database',
  agent: 'db-1',
  source: { kind: 'postgres', cluster: 'main' },
  repositories: ['main', 'offsite'],
} as const;
const everySeventhIsFull = 7;

/** Sets of one database, two in each hour until now: one in each of two repositories. */
export function entriesUntil(nowMs: number, sets: number): CatalogueEntry[] {
  const pairs = Math.ceil(sets / 2);
  return Array.from({ length: pairs }, (_, index) =>
    ['main', 'offsite'].map((repository) =>
      entryOf(index, nowMs - (pairs - index) * hourMs, repository),
    ),
  )
    .flat()
    .slice(0, sets);
}

function entryOf(index: number, atMs: number, repository: string): CatalogueEntry {
  const runRef = `run-${index}`;
  const seen = { atMs, runRef };
  return {
    ...{ environment, backup, component, set: setOf(index, atMs, repository) },
    ...{ firstSeen: seen, replicated: [] },
    verified: { ...seen, extent: { kind: 'all' } },
    ...(index % 50 === 0 && { proven: { ...seen, tookMs: 60_000, lostMs: 1_000, bytes: 1e9 } }),
  };
}

function setOf(index: number, atMs: number, repository: string): BackupSet {
  const full = index - (index % everySeventhIsFull);
  const isFull = index === full;
  const at = (segment: number) => ({
    timeline: 1,
    segment: `00000001${hex(segment >>> 8)}${hex(segment & 0xff)}`,
    lsn: `${(segment >>> 8).toString(16).toUpperCase()}/${((segment & 0xff) << 24).toString(16).toUpperCase()}`,
  });
  return {
    ...{ repository, label: labelOf(index), type: isFull ? 'full' : 'incremental' },
    needs: isFull ? [] : [labelOf(full)],
    ...{ bytes: 1e9, storedBytes: 1e8, madeBy: `run-${index}/1` },
    ...{ startedAtMs: atMs, stoppedAtMs: atMs + 60_000 },
    wal: { start: at(index * 10 + 1), stop: at(index * 10 + 2) },
  };
}

const hex = (number: number) => number.toString(16).toUpperCase().padStart(8, '0');
const labelOf = (index: number) => `set-${String(index).padStart(6, '0')}`;

/** The plan that keeps none of them for good, and some for months. */
export function planOfSets() {
  const resolution = resolveSpecOf('backup', {
    ...{ kind: 'backup', environment, backup, agent: 'db-1' },
    components: {
      database: { postgres: { cluster: 'main' }, repositories: ['main', 'offsite'] },
    },
    retention: { age: '90d', daily: 30, weekly: 8, monthly: 12, pointInTime: '30d' },
  });
  if (resolution?.ok !== true) throw new Error(JSON.stringify(resolution));
  return resolution.spec;
}

/** A SQLite ledger with this catalogue, both repositories as they were read, and a run of the plan. */
export async function fillCatalogue(
  home: string,
  entries: readonly CatalogueEntry[],
  nowMs: number,
): Promise<void> {
  const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
  try {
    await ledger.catalogue.write(entries.map((after) => ({ after })));
    for (const repository of ['main', 'offsite']) {
      const own = entries.filter(({ set }) => set.repository === repository);
      const range = { timeline: 1, segments: own.length * 10, bytes: 1e9 };
      const [first, last] = [own[0]?.set.wal?.start.segment, own.at(-1)?.set.wal?.stop.segment];
      const times = { firstAtMs: own[0]?.set.startedAtMs ?? 0, lastAtMs: nowMs };
      await ledger.catalogue.noteRepository({
        ...{ environment, backup, component, runRef: 'run-0' },
        contents: {
          ...{ repository, readAtMs: nowMs, sets: [], foreign: [], problems: [] },
          wal: [{ ...range, ...times, first: first ?? '', last: last ?? '' }],
        },
      });
    }
    await ledger.append(reportOf(nowMs));
  } finally {
    await ledger.close();
  }
}

function reportOf(nowMs: number): RunReport {
  return {
    ...{ format: 2, family: 'backups', kind: 'backup' },
    ...{ runRef: 'run-0', workflowId: `backup/${environment}/${backup}`, runId: 'execution-0' },
    subject: { environment, name: backup },
    ...{ outcome: 'Complete', reason: '2 sets are complete', spec: planOfSets() },
    ...{ startedAtMs: nowMs - 60_000, endedAtMs: nowMs, startedBy: 'ana@laptop' },
    ...{ people: [], undo: [], notes: [], details: {} },
  };
}
