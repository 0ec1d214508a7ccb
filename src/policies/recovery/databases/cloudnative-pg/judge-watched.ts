import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';
import { describeChange, type Change, type LedBy } from '../managed/describe-change.ts';
import { judgeProgress, liftFence, refuseStandstill } from './judge-progress.ts';
import { findOtherWriters, whyNoPrimary, whyNotServed } from './judge-service.ts';
import { describePhase, meaningOfPhase } from './phases.ts';

export type WatchedCluster =
  | { is: 'led'; led: LedBy }
  /** `isAlarming`: it does not pass by itself. */
  | { is: 'unled'; why: string; isAlarming: boolean };

/**
 * Whether the Cluster has a primary to which its Service leads clients. `alsoWriting`: what
 * noteOtherWriters found before.
 */
export function judgeWatched(
  facts: PostgresClusterFacts,
  alsoWriting: readonly string[] = [],
): WatchedCluster {
  const progress = judgeProgress(facts);
  if (progress.is !== 'settled') {
    return { is: 'unled', why: progress.why, isAlarming: progress.is === 'blocked' };
  }
  const { primary } = progress;
  const alarms = alarmsOf(facts, primary, alsoWriting);
  if (alarms.length > 0) return { is: 'unled', why: alarms.join('; '), isAlarming: true };
  const why = whyNotServed(facts, primary);
  if (why !== undefined) return { is: 'unled', why, isAlarming: false };
  const { phase, timeline, systemIdentifier } = facts;
  // Until it has nothing under way, the operator has not read the timeline of a new primary.
  const isKnown = meaningOfPhase(phase).is === 'still' && timeline !== undefined;
  const led = {
    leader: primary,
    ...(isKnown && { timeline }),
    ...(systemIdentifier !== undefined && { systemIdentifier }),
  };
  return { is: 'led', led };
}

function alarmsOf(
  facts: PostgresClusterFacts,
  primary: string,
  alsoWriting: readonly string[],
): string[] {
  const meaning = meaningOfPhase(facts.phase);
  const several = whyNoPrimary(facts, primary, alsoWriting);
  const isFenced = facts.instances.some((each) => each.name === primary && each.isFenced);
  return [
    ...(facts.follows === undefined ? [] : [`it follows ${facts.follows}, and takes no writes`]),
    ...refuseStandstill(facts),
    ...(isFenced ? [`${primary}, the primary, is fenced: ${liftFence(facts)}`] : []),
    ...(meaning.is === 'blocked'
      ? [`its phase is ${describePhase(facts)}, which does not end by itself: ${meaning.hint}`]
      : []),
    ...(several === undefined ? [] : [several]),
  ];
}

/** Instances that take writes beside the primary, of which a silent one still may; once servers were asked. */
export function noteOtherWriters(
  facts: PostgresClusterFacts,
  before: readonly string[] = [],
): string[] {
  const progress = judgeProgress(facts);
  if (progress.is !== 'settled') return [...before];
  return findOtherWriters(facts, progress.primary, before).map(({ name }) => name);
}

/** What people are told; and what is remembered, which keeps a timeline that is not known at the moment. */
export function noteLeader(
  before: LedBy | undefined,
  now: LedBy,
): { change: Change | undefined; led: LedBy } {
  const isSame = before?.leader === now.leader;
  if (isSame && before.timeline === undefined) {
    const { timeline: _, ...without } = now;
    return { change: describeChange(before, without, 'CloudNativePG'), led: now };
  }
  const led = isSame ? { ...before, ...now } : now;
  return { change: describeChange(before, now, 'CloudNativePG'), led };
}
