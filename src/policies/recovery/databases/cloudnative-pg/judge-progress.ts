import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';
import { formatDuration } from '../../../../specs/kernel/duration.ts';
import { describePhase, meaningOfPhase } from './phases.ts';

/** Whether a Cluster has a primary, is getting one, or gets none without a person. */
export type Progress =
  | { is: 'settled'; primary: string }
  | { is: 'changing'; why: string }
  | { is: 'blocked'; why: string };

/** As the operator writes it while it has not chosen yet. */
const pending = 'pending';

export function judgeProgress(facts: PostgresClusterFacts): Progress {
  const { currentPrimary, targetPrimary, switchoverDelayMs } = facts;
  if (currentPrimary !== undefined && currentPrimary === targetPrimary) {
    return { is: 'settled', primary: currentPrimary };
  }
  const blockers = blockersOf(facts);
  if (blockers.length > 0) return { is: 'blocked', why: blockers.join('; ') };
  if (currentPrimary === undefined) {
    return { is: 'changing', why: `it has had no primary yet: ${describePhase(facts)}` };
  }
  if (targetPrimary === undefined || targetPrimary === pending) {
    const why = `${currentPrimary} is to be replaced, and the operator has not chosen by whom: it waits until no standby receives log from it any more, and for a quorum where one is required`;
    return { is: 'changing', why };
  }
  const delay = formatDuration(switchoverDelayMs);
  const why = `${targetPrimary} takes over from ${currentPrimary}, which has ${delay} to shut down (switchoverDelay)`;
  return { is: 'changing', why };
}

/** What keeps a change that is under way from its end, each with what to do. */
function blockersOf(facts: PostgresClusterFacts): string[] {
  const { phase, targetPrimary, instances } = facts;
  const meaning = meaningOfPhase(phase);
  const target = instances.find(({ name }) => name === targetPrimary);
  const isGone = targetPrimary !== undefined && targetPrimary !== pending && target === undefined;
  return [
    ...(meaning.is === 'blocked'
      ? [`its phase is ${describePhase(facts)}, which does not end by itself: ${meaning.hint}`]
      : []),
    ...(target?.isFenced
      ? [`${target.name} is to take over, and is fenced: ${liftFence(facts)}`]
      : []),
    ...(isGone ? [`${targetPrimary} is to take over, and is no instance any more`] : []),
    ...refuseStandstill(facts),
  ];
}

/** Why the operator does nothing for this Cluster at all, each with what to do. */
export function refuseStandstill({ isUnreconciled, isHibernated }: PostgresClusterFacts): string[] {
  return [
    ...(isUnreconciled
      ? [
          'the operator leaves the Cluster alone: remove the annotation cnpg.io/reconciliationLoop: disabled',
        ]
      : []),
    ...(isHibernated
      ? ['the Cluster is hibernated: set the annotation cnpg.io/hibernation to off']
      : []),
  ];
}

export function liftFence({ name }: Pick<PostgresClusterFacts, 'name'>): string {
  return `lift that with \`kubectl cnpg fencing off ${name}\``;
}
