import { seeded, type Random } from '../../../../bench/analysis/random.ts';
import type {
  BackupSet,
  RepositoryContents,
  WalRange,
} from '../../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../../src/contracts/backups/catalogue.ts';
import type { RetentionRules } from '../../../../src/specs/backups/retention.ts';
import {
  damaged,
  dayMs,
  entryOf,
  hourMs,
  proven,
  rangeOf,
  setAt,
  verified,
} from '../backup-sets.ts';

export interface RandomCatalogue {
  contents: RepositoryContents[];
  entries: CatalogueEntry[];
  rules: RetentionRules;
}

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'];

/** Whatever a repository may be in: chains, gaps, two timelines, failed, damaged, foreign and future sets. */
export function randomCatalogue(seed: number, nowMs: number): RandomCatalogue {
  const random = seeded(seed);
  const hasLog = random() < 0.7;
  const main = repositoryOf(random, { repository: 'main', nowMs, hasLog });
  const others =
    random() < 0.3 ? [repositoryOf(random, { repository: 'offsite', nowMs, hasLog })] : [];
  const entries = [main, ...others].flatMap(({ sets }) =>
    sets.filter(() => random() < 0.9).map((set) => randomEntry(random, set)),
  );
  return { contents: [main, ...others], entries, rules: randomRules(random) };
}

function randomRules(random: Random): RetentionRules {
  const some = (most: number) => (random() < 0.5 ? 0 : Math.floor(random() * most));
  const ageMs = random() < 0.6 ? Math.ceil(random() * 40) * dayMs : undefined;
  const spanMs = random() < 0.5 ? Math.ceil(random() * 40) * dayMs : ageMs;
  return {
    ...(ageMs !== undefined && { ageMs }),
    ...(spanMs !== undefined && { pointInTimeMs: spanMs }),
    count: some(6) + (ageMs === undefined ? 1 : 0),
    ...{ daily: some(8), weekly: some(5), monthly: some(4), yearly: some(3) },
    zone: zones[Math.floor(random() * zones.length)] ?? 'UTC',
  };
}

function randomEntry(random: Random, set: BackupSet): CatalogueEntry {
  return entryOf(set, {
    ...(random() < 0.4 && { verified }),
    ...(random() < 0.15 && { proven }),
    ...(random() < 0.05 && { damaged }),
  });
}

interface About {
  repository: string;
  nowMs: number;
  hasLog: boolean;
}

function repositoryOf(random: Random, { repository, nowMs, hasLog }: About): RepositoryContents {
  const sets: BackupSet[] = [];
  const most = 1 + Math.floor(random() * 25);
  let atMs = nowMs - Math.floor(random() * 90) * dayMs;
  let segment = 10;
  let chain: string[] = [];
  for (let number = 0; number < most && atMs < nowMs; number++) {
    const label = `${repository}-${number}`;
    const isFull = chain.length === 0 || random() < 0.3;
    const needs = isFull ? [] : random() < 0.5 ? chain.slice(0, 1) : chain;
    if (isFull) chain = [];
    chain = [...chain, label];
    const clockMs = atMs - (random() < 0.03 ? hourMs : 0);
    const dated = random() < 0.02 ? nowMs + 400 * dayMs : clockMs;
    const { madeBy: _, ...unmarked } = setAt(dated, {
      ...{ repository, label, needs, type: isFull ? 'full' : 'incremental' },
      ...(hasLog && { segments: [segment, segment + 1] as const }),
      ...(random() < 0.05 && { error: 'aborted' }),
    });
    sets.push(random() < 0.05 ? unmarked : { ...unmarked, madeBy: 'backup@1' });
    atMs += Math.ceil(random() ** 3 * 6 * dayMs);
    segment += 2 + Math.floor(random() * 20);
  }
  const kept = sets.filter(() => random() > 0.03);
  const wal = hasLog
    ? randomLog(random, { sets, endMs: Math.min(atMs, nowMs), segment })
    : undefined;
  return {
    ...{ repository, readAtMs: nowMs, sets: kept, problems: [] },
    foreign: kept.filter(() => random() < 0.03).map(({ label }) => label),
    ...(wal && { wal }),
  };
}

/** Archive times follow the sets; here and there a segment is missing. */
function randomLog(
  random: Random,
  { sets, endMs, segment }: { sets: BackupSet[]; endMs: number; segment: number },
): WalRange[] {
  const [oldest] = sets;
  if (oldest === undefined) return [];
  const begin = { number: 1, atMs: oldest.startedAtMs - dayMs };
  const marks = sets.flatMap(({ wal, startedAtMs }) =>
    wal && startedAtMs < endMs && random() < 0.15
      ? [{ number: Number.parseInt(wal.start.segment.slice(16), 16), atMs: startedAtMs }]
      : [],
  );
  const ranges: WalRange[] = [];
  let from = begin;
  for (const mark of marks) {
    if (mark.number - 2 < from.number || mark.atMs <= from.atMs) continue;
    ranges.push(
      rangeOf([from.number, mark.number - 2], [from.atMs, Math.max(from.atMs, mark.atMs - hourMs)]),
    );
    from = mark;
  }
  return [...ranges, rangeOf([from.number, Math.max(segment, from.number)], [from.atMs, endMs])];
}
