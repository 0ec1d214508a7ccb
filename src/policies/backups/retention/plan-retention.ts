import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../contracts/backups/catalogue.ts';
import type { Component } from '../../../contracts/backups/source.ts';
import type { RetentionRules, RetentionSpec } from '../../../specs/backups/retention.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { judgeEach, type JudgedRepository, type JudgedSet } from '../judge-sets.ts';
import { coldCopies, type ColdStorage } from './cold-copies.ts';
import {
  keepForUnread,
  keepNewest,
  keepSafetyCopies,
  keepUnknown,
  keepUnrestorable,
} from './keep-always.ts';
import { keepByRules, type RuledSet } from './keep-by-rules.ts';
import { keepForOthers } from './keep-for-others.ts';
import { keepSpan } from './keep-span.ts';
import { isLeft, Reasons, type Reason } from './reasons.ts';
import { spareLog, type SpareLog } from './spare-log.ts';

export interface RetentionQuestion {
  component: Component;
  /** The one whose sets are judged. */
  repository: string;
  retention: RetentionSpec;
  /** Of every repository of the component, and of its cold storage, that could be read. */
  contents: readonly RepositoryContents[];
  /** Of the component; undefined where the catalogue did not answer, and then nothing expires. */
  entries: readonly CatalogueEntry[] | undefined;
  nowMs: number;
  /** The contents, judged by these entries; absent: they are judged here. */
  judged?: ReadonlyMap<RepositoryContents, JudgedRepository>;
}

export interface SetDecision {
  judged: JudgedSet;
  /** `leave`: it does not belong to this plan, or its date is in the future. */
  action: 'keep' | 'expire' | 'leave';
  /** Every one of them; never empty. */
  reasons: readonly Reason[];
  /** The repository that it is copied to before it expires. */
  copyTo?: string;
  /** When it goes at the earliest; absent: that has no date. */
  goesAtMs?: number;
}

export interface RetentionPlan {
  repository: string;
  /** Oldest first. */
  decisions: readonly SetDecision[];
  /** Absent where the source has no log. */
  spareLog?: SpareLog;
}

function rulesFor(retention: RetentionSpec, repository: string): RetentionRules {
  const { repositories, coldStorage } = retention;
  if (coldStorage?.repository === repository) return coldStorage.retention;
  const own = Object.hasOwn(repositories, repository) ? repositories[repository] : undefined;
  return own ?? retention;
}

/**
 * Which sets of a repository are kept and which expire, each with every reason. What a set that stays
 * builds on stays; the newest set that can be restored, and the newest proven one, always stay.
 */
export function planRetention(question: RetentionQuestion): RetentionPlan {
  const { repository, component, retention, contents, nowMs } = question;
  const { entries = [] } = question;
  const own = contents.find((one) => one.repository === repository);
  if (own === undefined) return { repository, decisions: [] };
  const known = question.judged ?? judgeEach({ contents, entries, nowMs });
  const judged = known.get(own) ?? { repository, sets: [] };
  const others = [...known].flatMap(([one, sets]) =>
    one === own ? [] : [{ contents: one, judged: sets }],
  );
  const rules = rulesFor(retention, repository);
  const restorable = judged.sets.filter(({ standing }) => standing === 'restorable');
  const ruled = keepByRules(restorable, rules);

  const reasons = new Reasons(judged);
  for (const { judged: set, keep } of ruled) for (const reason of keep) reasons.keep(set, reason);
  if (rules.pointInTimeMs !== undefined) {
    reasons.keepAll(keepSpan(judged, rules.pointInTimeMs, nowMs));
  }
  reasons.keepAll(keepNewest(restorable));
  reasons.keepAll(keepForOthers(judged, own, others));
  reasons.keepAll(keepForUnread(component, contents, judged));
  if (question.entries === undefined) reasons.keepAll(keepUnknown(judged));
  reasons.keepAll(keepUnrestorable(judged, rules));
  reasons.keepAll(keepSafetyCopies(judged, retention, nowMs));
  const coldStorage = isCopied(component) ? retention.coldStorage : undefined;
  const cold =
    coldStorage && coldCopies(restorable, { component, coldStorage, repository, others });
  if (cold && !cold.isRead) reasons.keepAll(keepForCold(cold, reasons));
  reasons.keepBases();

  const ruledBySet = new Map(ruled.map((one) => [one.judged, one]));
  const decisions = judged.sets.map((set) =>
    decide(set, { reasons, ruled: ruledBySet.get(set), cold, retention }),
  );
  const staying = decisions.filter(({ action }) => action !== 'expire');
  const spare = spareLog(
    own,
    staying.map((one) => one.judged.set),
  );
  return { repository, decisions, ...(own.wal && spare && { spareLog: spare }) };
}

/** A set that builds on its own log cannot be carried elsewhere: what is made there is a new one. */
function isCopied({ source }: Component): boolean {
  return source.kind !== 'postgres';
}

function keepForCold({ repository, wanted }: ColdStorage, reasons: Reasons): [JudgedSet, Reason][] {
  const text = `has to be in ${repository} before it expires, which could not be read`;
  return [...wanted]
    .filter((judged) => reasons.of(judged).length === 0)
    .map((judged) => [judged, { text }]);
}

interface Known {
  reasons: Reasons;
  ruled: RuledSet | undefined;
  cold: ColdStorage | undefined;
  retention: RetentionSpec;
}

function decide(judged: JudgedSet, { reasons, ruled, cold, retention }: Known): SetDecision {
  if (isLeft(judged)) return { judged, action: 'leave', reasons: [{ text: judged.why }] };
  const keep = reasons.of(judged);
  if (keep.length > 0) {
    const goesAtMs = reasons.goesAtMs(judged);
    return { judged, action: 'keep', reasons: keep, ...(goesAtMs !== undefined && { goesAtMs }) };
  }
  const why = ruled?.expire ?? whyUnruled(judged, retention);
  const copyTo = cold?.wanted.has(judged) === true ? cold.repository : undefined;
  return { judged, action: 'expire', reasons: why, ...(copyTo !== undefined && { copyTo }) };
}

/** Of sets that the rules do not count. */
function whyUnruled({ standing, why }: JudgedSet, { safetyCopiesMs }: RetentionSpec): Reason[] {
  if (standing !== 'safety-copy') return [{ text: why }, { text: 'a newer set can be restored' }];
  const age = formatDuration(safetyCopiesMs);
  return [{ text: `is a safety copy of a restore in place, and is older than ${age}` }];
}
