import type { RestoreTarget } from '../../contracts/backups/store.ts';
import { utcMoment } from '../../render/kernel/moment.ts';
import { describeRecovery } from '../../render/backups/describe-recovery.ts';
import { canBeRestored, type JudgedRepository, type JudgedSet } from './judge-sets.ts';
import { logOf, marginMs, recoveryWindows, windowOf } from './recovery-windows.ts';
import { compareLsn, type Wal } from './wal.ts';

export interface ChooseSet {
  /** In the order in which they are preferred. */
  repositories: readonly JudgedRepository[];
  target: RestoreTarget;
  /** The set that is asked for; absent: the one that fits the target best. */
  label?: string;
  nowMs: number;
}

export interface ChosenSet {
  repository: string;
  judged: JudgedSet;
  /** Segments that are replayed at most; absent where the source has no log. */
  wal?: { first: string; last: string };
}

export type SetChoice = { ok: true; chosen: ChosenSet } | { ok: false; problem: string };

/**
 * The newest set from which the target can be reached, of the first repository that leads as far as
 * any other does.
 */
export function chooseSet(request: ChooseSet): SetChoice {
  const { repositories, target, label, nowMs } = request;
  if (target.kind === 'time' && target.atMs > nowMs) {
    return refuse(`${utcMoment(target.atMs)} is in the future`, repositories);
  }
  const named = label === undefined ? undefined : refuseLabel(label, repositories);
  if (named !== undefined) return refuse(named, repositories);
  const candidates = repositories.flatMap(({ repository, sets, wal }): Candidate[] => {
    const judged = sets.findLast((one, index) => {
      const isMeant =
        label === undefined
          ? one.standing === 'restorable'
          : one.set.label === label && canBeRestored(one);
      if (!isMeant) return false;
      return reaches(one, target, { wal, earlier: sets.slice(0, index) });
    });
    return judged ? [{ repository, judged, wal, untilMs: reachedMs(judged, target, wal) }] : [];
  });
  const best = firstOfNewest(candidates);
  if (best) {
    const { repository, judged, wal } = best;
    const log = segmentsOf(judged, wal);
    return { ok: true, chosen: { repository, judged, ...(log && { wal: log }) } };
  }
  const whose = label === undefined ? '' : ` from ${label}`;
  return refuse(`${describeTarget(target)} cannot be reached${whose}`, repositories);
}

interface Candidate {
  repository: string;
  judged: JudgedSet;
  wal: Wal | undefined;
  /** Up to when it restores. */
  untilMs: number;
}

/** A run makes one set after the other: those of one run are equally new. */
function firstOfNewest(candidates: readonly Candidate[]): Candidate | undefined {
  const newestMs = Math.max(...candidates.map(({ untilMs }) => untilMs));
  const newest = candidates.find(({ untilMs }) => untilMs === newestMs);
  const run = newest && runOf(newest.judged);
  return candidates.find(
    (one) => one === newest || (run !== undefined && runOf(one.judged) === run),
  );
}

function runOf({ set: { madeBy } }: JudgedSet): string | undefined {
  return madeBy?.slice(0, madeBy.lastIndexOf('/'));
}

function reachedMs({ set, ...judged }: JudgedSet, target: RestoreTarget, wal: Wal | undefined) {
  if (wal === undefined || target.kind === 'set') return set.stoppedAtMs;
  if (target.kind !== 'latest') return Infinity;
  return logOf({ set, ...judged }, wal)?.end.lastAtMs ?? set.stoppedAtMs;
}

function refuse(why: string, repositories: readonly JudgedRepository[]): SetChoice {
  const possible = repositories.map(
    (one) => `${one.repository}: ${describeRecovery(recoveryWindows(one), utcMoment)}`,
  );
  const nothing = possible.length === 0 ? 'there is no repository' : possible.join('; ');
  return { ok: false, problem: `${why}; ${nothing}` };
}

function refuseLabel(label: string, repositories: readonly JudgedRepository[]): string | undefined {
  const found = repositories.flatMap(({ repository, sets }) =>
    sets.filter(({ set }) => set.label === label).map((judged) => ({ repository, judged })),
  );
  if (found.some(({ judged }) => canBeRestored(judged))) return undefined;
  const [first] = found;
  return first === undefined
    ? `there is no set ${label}: it may be still in the making, or have expired`
    : `${label} of ${first.repository} ${first.judged.why}`;
}

interface Place {
  wal: Wal | undefined;
  /** All sets before it, by position. */
  earlier: readonly JudgedSet[];
}

function reaches(judged: JudgedSet, target: RestoreTarget, { wal, earlier }: Place): boolean {
  switch (target.kind) {
    case 'set':
      return true;
    case 'latest':
      return reachesNewest(judged, wal);
    case 'lsn':
      return reachesLsn(judged, target.lsn, wal);
    case 'time':
      return (
        reachesTime(judged, target.atMs, wal) &&
        !earlier.some(
          ({ set, standing }) =>
            standing !== 'future' && isTooLate(set.stoppedAtMs, target.atMs, wal),
        )
      );
  }
}

/**
 * A clock that was put back gives a later set an earlier end: then the moment was there twice, and
 * the first one is meant, which only an earlier set leads to.
 */
function isTooLate(stoppedAtMs: number, targetMs: number, wal: Wal | undefined): boolean {
  return stoppedAtMs + (wal === undefined ? 0 : marginMs) > targetMs;
}

/** Behind a gap in the log there is more: a restore that ends before it is not the newest state. */
function reachesNewest(judged: JudgedSet, wal: Wal | undefined): boolean {
  if (wal === undefined || judged.set.wal === undefined) return true;
  const end = logOf(judged, wal)?.end;
  if (end === undefined) return false;
  const later = wal.stretches.filter(({ timeline }) => timeline >= end.timeline);
  return later.every(({ lastAtMs }) => lastAtMs <= end.lastAtMs);
}

function reachesTime(judged: JudgedSet, atMs: number, wal: Wal | undefined): boolean {
  if (wal === undefined) return judged.set.stoppedAtMs <= atMs;
  const window = windowOf(judged, wal);
  return window !== undefined && window.fromMs <= atMs && atMs <= window.untilMs;
}

function reachesLsn(judged: JudgedSet, lsn: string, wal: Wal | undefined): boolean {
  const stop = judged.set.wal?.stop;
  const log = logOf(judged, wal);
  if (wal === undefined || stop === undefined || log === undefined) return false;
  return compareLsn(stop.lsn, lsn) <= 0 && wal.numberOfLsn(lsn) <= log.end.last;
}

function describeTarget(target: RestoreTarget): string {
  switch (target.kind) {
    case 'set':
    case 'latest':
      return 'the newest state';
    case 'lsn':
      return `the position ${target.lsn}`;
    case 'time':
      return utcMoment(target.atMs);
  }
}

function segmentsOf(judged: JudgedSet, wal: Wal | undefined): ChosenSet['wal'] {
  const start = judged.set.wal?.start;
  const end = logOf(judged, wal)?.end;
  if (wal === undefined || start === undefined || end === undefined) return undefined;
  return { first: start.segment, last: wal.nameOf(end.timeline, end.last) };
}
