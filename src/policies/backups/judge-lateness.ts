import { formatDuration } from '../../specs/kernel/duration.ts';
import type { BackupSet } from '../../contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../contracts/backups/catalogue.ts';
import { isSafetyCopy } from '../../contracts/backups/safety-copy.ts';
import type { Component } from '../../contracts/backups/source.ts';
import { utcMoment } from '../../render/kernel/moment.ts';
import type { JudgedSet } from './judge-sets.ts';
import type { RepositoryOverview } from './overview.ts';

/** How old things may become; what is absent is not expected. */
export interface Expectations {
  /** Of the plan: each is to be in each of its repositories. */
  components: readonly Component[];
  /** The newest set that can be restored. */
  restorableWithinMs?: number;
  /** The newest set whose content was verified. */
  verifiedWithinMs?: number;
  /** The newest proof by a drill, from any repository. */
  provenWithinMs?: number;
  /** The end of the archived log. */
  rpoMs?: number;
  /** By component: where its sets are copied to. */
  replicateTo: Readonly<Record<string, string>>;
}

/** Something that is not there, or has become too old. */
export interface Lateness {
  component: string;
  /** Absent: it is about the component, wherever it is stored. */
  repository?: string;
  kind:
    | 'unread'
    | 'missing'
    | 'partial'
    | 'too-old'
    | 'unverified'
    | 'unproven'
    | 'not-replicated'
    | 'log-late'
    | 'gap';
  /** For how long it has been so; absent: always. */
  ageMs?: number;
  text: string;
}

/** What a backup that never ran would not report itself: absence, not only failure. */
export function judgeLateness(
  overviews: readonly RepositoryOverview[],
  expectations: Expectations,
  nowMs: number,
): Lateness[] {
  const inRepositories = overviews.flatMap((overview) =>
    judgeRepository(overview, expectations, nowMs).map((late): Lateness => ({
      ...{ component: overview.component.name, repository: overview.repository },
      ...late,
    })),
  );
  return [
    ...judgeAbsent(overviews, expectations),
    ...inRepositories,
    ...judgeProofs(overviews, expectations, nowMs),
  ];
}

/** What nobody has ever seen: a plan that never ran, or a component that is new. */
function judgeAbsent(
  overviews: readonly RepositoryOverview[],
  { components }: Expectations,
): Lateness[] {
  return components.flatMap(({ name, repositories }) =>
    repositories
      .filter(
        (repository) =>
          !overviews.some((one) => one.component.name === name && one.repository === repository),
      )
      .map((repository): Lateness => {
        const text = `no set of it is known in ${repository}, which was never read`;
        return { component: name, repository, kind: 'missing', text };
      }),
  );
}

type Late = Pick<Lateness, 'kind' | 'ageMs' | 'text'>;

function judgeRepository(
  overview: RepositoryOverview,
  expectations: Expectations,
  nowMs: number,
): Late[] {
  const { repository } = overview;
  const own = overview.sets
    .map(({ judged }) => judged)
    .filter(({ standing }) => standing === 'restorable' || standing === 'unrestorable');
  const newest = own.findLast(({ standing }) => standing === 'restorable');
  const unread = judgeReading(overview, expectations, nowMs);
  const old = newest && judgeAge(newest, expectations.restorableWithinMs, nowMs);
  if (newest === undefined) {
    const why = own.at(-1)?.why;
    const more = why === undefined ? '' : `; the newest set ${why}`;
    const text = `${repository} has no set that can be restored${more}`;
    return [...unread, { kind: 'missing', text }];
  }
  return [
    ...(old === undefined ? unread : [tooOld(old, unread)]),
    ...judgePartial(own, newest),
    ...judgeVerified(own, expectations.verifiedWithinMs, nowMs).filter(
      // Of the newest set, it is told already that it is too old.
      () => old === undefined || newest.entry?.verified === undefined,
    ),
    ...judgeCopy(newest, overview, expectations, nowMs),
    ...judgeLog(overview, expectations.rpoMs),
  ];
}

function judgeReading(
  { readAtMs, repository }: RepositoryOverview,
  { restorableWithinMs: withinMs }: Expectations,
  nowMs: number,
): Late[] {
  if (readAtMs === undefined) return [{ kind: 'unread', text: `${repository} was never read` }];
  const ageMs = nowMs - readAtMs;
  if (withinMs === undefined || ageMs <= withinMs) return [];
  const text = `${repository} was read ${formatAge(ageMs)} ago for the last time: what it has now is not known`;
  return [{ kind: 'unread', ageMs, text }];
}

function judgePartial(own: readonly JudgedSet[], newest: JudgedSet): Late[] {
  const last = own.at(-1);
  if (last === undefined || last === newest) return [];
  return [{ kind: 'partial', text: `the newest set, ${last.set.label}, ${last.why}` }];
}

function judgeAge(
  { set }: JudgedSet,
  withinMs: number | undefined,
  nowMs: number,
): Late | undefined {
  const ageMs = nowMs - set.stoppedAtMs;
  if (withinMs === undefined || ageMs <= withinMs) return undefined;
  const text = `the newest set that can be restored, ${set.label}, is ${formatAge(ageMs)} old; at most ${formatDuration(withinMs)} is expected`;
  return { kind: 'too-old', ageMs, text };
}

/** One thing, not two, where no run came for so long that nobody has read the repository either. */
function tooOld(old: Late, unread: readonly Late[]): Late {
  return { ...old, text: [old, ...unread].map(({ text }) => text).join('; ') };
}

function judgeVerified(
  own: readonly JudgedSet[],
  withinMs: number | undefined,
  nowMs: number,
): Late[] {
  if (withinMs === undefined) return [];
  const verified = own.findLast(
    ({ standing, entry }) => standing === 'restorable' && entry?.verified !== undefined,
  );
  if (verified === undefined) {
    return [{ kind: 'unverified', text: 'the content of no set was verified' }];
  }
  const ageMs = nowMs - verified.set.stoppedAtMs;
  if (ageMs <= withinMs) return [];
  const text = `the newest set whose content was verified, ${verified.set.label}, is ${formatAge(ageMs)} old; at most ${formatDuration(withinMs)} is expected`;
  return [{ kind: 'unverified', ageMs, text }];
}

/** How long a copy may take, after its set was made. */
const copyWithinMs = 3_600_000;

function judgeCopy(
  { set, entry }: JudgedSet,
  { component, repository }: RepositoryOverview,
  { replicateTo }: Expectations,
  nowMs: number,
): Late[] {
  const to = replicateTo[component.name];
  if (to === undefined || repository !== component.repositories[0]) return [];
  if (entry?.replicated.some((copy) => copy.repository === to)) return [];
  const ageMs = nowMs - set.stoppedAtMs;
  if (ageMs <= copyWithinMs) return [];
  const text = `${set.label} was made ${formatAge(ageMs)} ago, and has no copy in ${to}`;
  return [{ kind: 'not-replicated', ageMs, text }];
}

/** As of the last reading: later, nobody knows. */
function judgeLog({ recovery, readAtMs }: RepositoryOverview, rpoMs: number | undefined): Late[] {
  const gaps = recovery.gaps.map(({ fromMs, untilMs, why }): Late => {
    const text = `there is a gap from ${utcMoment(fromMs)} to ${utcMoment(untilMs)}: ${why}`;
    return { kind: 'gap', ageMs: untilMs - fromMs, text };
  });
  const last = recovery.windows.at(-1);
  if (rpoMs === undefined || readAtMs === undefined || last === undefined) return gaps;
  const ageMs = readAtMs - last.untilMs;
  if (ageMs <= rpoMs) return gaps;
  const text = `the log ended ${formatAge(ageMs)} before it was read; at most ${formatDuration(rpoMs)} may be lost`;
  return [...gaps, { kind: 'log-late', ageMs, text }];
}

/** A proof from any repository is one of the component. */
function judgeProofs(
  overviews: readonly RepositoryOverview[],
  { provenWithinMs: withinMs }: Expectations,
  nowMs: number,
): Lateness[] {
  if (withinMs === undefined) return [];
  const names = new Set(overviews.map(({ component }) => component.name));
  return [...names].flatMap((component): Lateness[] => {
    const proofs = overviews
      .filter((overview) => overview.component.name === component)
      .flatMap(({ sets, gone }) => [
        ...sets.map(({ judged: { set, entry } }) => provenAtMs(set, entry)),
        ...gone.map((entry) => provenAtMs(entry.set, entry)),
      ])
      .filter((atMs) => atMs !== undefined);
    if (proofs.length === 0) {
      const text = 'no drill has ever proven that it can be restored';
      return [{ component, kind: 'unproven', text }];
    }
    const ageMs = nowMs - Math.max(...proofs);
    if (ageMs <= withinMs) return [];
    const text = `the last drill that passed was ${formatAge(ageMs)} ago; at most ${formatDuration(withinMs)} is expected`;
    return [{ component, kind: 'unproven', ageMs, text }];
  });
}

/** That a safety copy can be restored says nothing of the backups. */
function provenAtMs(set: BackupSet, entry: CatalogueEntry | undefined): number | undefined {
  return isSafetyCopy(set) ? undefined : entry?.proven?.atMs;
}

/** To the minute. */
function formatAge(ageMs: number): string {
  return formatDuration(Math.max(60_000, Math.floor(ageMs / 60_000) * 60_000));
}
