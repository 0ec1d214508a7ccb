import type {
  BackupSet,
  RepositoryContents,
  WalPosition,
  WalRange,
} from '../../../src/contracts/backups/backup-set.ts';
import { safetyCopyAct } from '../../../src/contracts/backups/safety-copy.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { CatalogueEntry } from '../../../src/contracts/backups/catalogue.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
export const at = (moment: string): number => Date.parse(moment);

/** Position of a segment of 16 MiB, counted from the beginning of the log. */
function position(number: number, timeline = 1, offset = 0x28): WalPosition {
  const [log, inLog] = [Math.floor(number / 256), number % 256];
  const hex = (value: number) => value.toString(16).toUpperCase();
  const segment = [timeline, log, inLog].map((part) => hex(part).padStart(8, '0')).join('');
  return { timeline, segment, lsn: `${hex(log)}/${hex(inLog * 2 ** 24 + offset)}` };
}

interface SetOptions extends Partial<Omit<BackupSet, 'wal'>> {
  /** Segments in which it starts and stops. */
  segments?: readonly [number, number];
  timeline?: number;
}

/** Made by a run, sound, and over in an instant, unless something else is said. */
export function setAt(startedAt: string | number, options: SetOptions = {}): BackupSet {
  const startedAtMs = typeof startedAt === 'string' ? at(startedAt) : startedAt;
  const { segments, timeline, ...rest } = options;
  const wal = segments && {
    start: position(segments[0], timeline),
    stop: position(segments[1], timeline, 0x100),
  };
  return {
    ...{ repository: 'main', label: new Date(startedAtMs).toISOString().slice(0, 19) },
    ...{ type: 'full', needs: [], startedAtMs, stoppedAtMs: startedAtMs },
    ...{ bytes: 1_000_000, storedBytes: 400_000, madeBy: 'backup/prod/shop@1/made' },
    ...(wal && { wal }),
    ...rest,
  };
}

export function rangeOf(
  [first, last]: readonly [number, number],
  [firstAt, lastAt]: readonly [string | number, string | number],
  timeline = 1,
): WalRange {
  const segments = last - first + 1;
  const ms = (moment: string | number) => (typeof moment === 'string' ? at(moment) : moment);
  return {
    timeline,
    first: position(first, timeline).segment,
    last: position(last, timeline).segment,
    ...{ segments, bytes: segments * 2 ** 24, firstAtMs: ms(firstAt), lastAtMs: ms(lastAt) },
  };
}

export function contentsOf(
  sets: readonly BackupSet[],
  more: Partial<RepositoryContents> = {},
): RepositoryContents {
  return { repository: 'main', readAtMs: 0, sets, foreign: [], problems: [], ...more };
}

/** What a restore in place replaced. */
export function safetyCopyAt(startedAt: string | number, options: SetOptions = {}): BackupSet {
  const { runRef, step } = safetyCopyAct({ runRef: 'restore@1', step: 7 });
  return setAt(startedAt, { label: 'safety copy', ...options, madeBy: `${runRef}/${step}` });
}

export const plan = { environment: 'prod', backup: 'shop' };
export const component: Component = {
  ...{ name: 'database', agent: 'db-1', repositories: ['main', 'offsite'] },
  source: { kind: 'postgres', cluster: 'main' },
};

/** What the catalogue knows of a set. */
export function entryOf(set: BackupSet, facts: Partial<CatalogueEntry> = {}): CatalogueEntry {
  const seen = { atMs: set.stoppedAtMs, runRef: 'backup/prod/shop@1' };
  return { ...plan, component, set, firstSeen: seen, replicated: [], ...facts };
}

export const proven = { atMs: 0, runRef: 'drill@1', tookMs: 60_000, bytes: 1_000_000 };
export const verified = { atMs: 0, runRef: 'verify@1', extent: { kind: 'all' as const } };
export const damaged = {
  ...{ atMs: 0, runRef: 'verify@1' },
  damage: [{ where: 'pack 1f', what: 'does not have the content that its name says' }],
};
