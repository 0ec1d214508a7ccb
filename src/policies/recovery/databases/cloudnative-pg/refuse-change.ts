import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../contracts/recovery/postgres-cluster.ts';
import { bytesBetween } from '../lsn.ts';
import { judgeProgress, liftFence, refuseStandstill } from './judge-progress.ts';
import { describePhase, meaningOfPhase } from './phases.ts';

/** One segment of log: more would keep clients waiting while it is replayed. */
const mostLagBytes = 16 * 1_048_576;

export type Change = 'switchover' | 'failover';

/** Every reason why the operator is not asked for another primary, each with what to do; empty: it may be. */
export function refuseChange(facts: PostgresClusterFacts, change: Change): string[] {
  const { currentPrimary, follows, instances } = facts;
  const primary = instances.find(({ name }) => name === currentPrimary);
  return [
    ...(follows === undefined
      ? []
      : [
          `the Cluster follows ${follows}, and takes no writes: promote it by spec.replica.primary`,
        ]),
    ...refuseStandstill(facts),
    ...(primary?.isFenced
      ? [
          `${primary.name}, the primary, is fenced: ${liftFence(facts)}. The operator fails nothing over until then`,
        ]
      : []),
    ...(change === 'switchover'
      ? refuseSwitchover(facts, primary)
      : refuseFailover(facts, primary)),
  ];
}

function refuseSwitchover(facts: PostgresClusterFacts, primary: Instance | undefined): string[] {
  const progress = judgeProgress(facts);
  const meaning = meaningOfPhase(facts.phase);
  const servers = facts.instances.filter(({ server }) => server?.isPrimary);
  return [
    ...(progress.is === 'settled' ? [] : [`a change of the primary is under way: ${progress.why}`]),
    ...(progress.is === 'settled' && meaning.is !== 'still'
      ? [
          `the Cluster is ${describePhase(facts)}: ${meaning.is === 'blocked' ? meaning.hint : 'wait until it is healthy'}`,
        ]
      : []),
    ...(progress.is === 'settled' && primary === undefined
      ? [`${progress.primary}, the primary, is no instance any more: use a failover`]
      : []),
    ...(primary === undefined || primary.isReady
      ? []
      : [`${primary.name}, the primary, is not ready: use a failover`]),
    ...refuseSilent(primary),
    ...(servers.length > 1
      ? [`several servers take writes: ${servers.map(({ name }) => name).join(', ')}`]
      : []),
  ];
}

/** One that may not be asked says nothing, either; one that was asked has to answer. */
function refuseSilent(instance: Instance | undefined): string[] {
  if (instance?.whyNoServer === undefined) return [];
  const { name, whyNoServer } = instance;
  return [
    `the server of ${name} was not reached (${whyNoServer}): see its log, and whether the API server reaches port 8000 of its pod`,
  ];
}

/** A change that is under way is waited for, whatever its primary is meanwhile. */
function refuseFailover(facts: PostgresClusterFacts, primary: Instance | undefined): string[] {
  if (primary?.isReady !== true || judgeProgress(facts).is !== 'settled') return [];
  return [`${primary.name} is the primary, and ready: use a switchover, which loses nothing`];
}

/** Every reason why this instance is not made the primary; empty: it may be. */
export function refuseInstance(
  name: string,
  facts: PostgresClusterFacts,
  change: Change,
): string[] {
  const instance = facts.instances.find((each) => each.name === name);
  if (instance === undefined) {
    const known = facts.instances.map((each) => each.name).join(', ');
    return [`${name} is no instance of ${facts.name}, which has ${known || 'none'}`];
  }
  if (name === facts.currentPrimary) return [`${name} is the primary already`];
  const primary = facts.instances.find((each) => each.name === facts.currentPrimary);
  const { server } = instance;
  const timeline = primary?.server?.timeline ?? primary?.timeline ?? facts.timeline;
  const own = server?.timeline ?? instance.timeline;
  const lag = lagOf(instance, facts);
  const isSwitchover = change === 'switchover';
  return [
    ...(instance.isFenced ? [`${name} is fenced: ${liftFence(facts)}`] : []),
    ...(instance.isReady ? [] : [`${name} is not ready: the operator calls it ${instance.state}`]),
    ...(timeline !== undefined && own !== undefined && own !== timeline
      ? [`${name} is on timeline ${own}, and the primary on ${timeline}`]
      : []),
    ...(server?.isReplayPaused
      ? [`${name} has paused its replay: SELECT pg_wal_replay_resume()`]
      : []),
    ...(isSwitchover ? refuseSilent(instance) : []),
    ...(isSwitchover && server !== undefined && !server.streams
      ? [`${name} does not stream from the primary`]
      : []),
    ...(isSwitchover && lag !== undefined && lag > mostLagBytes
      ? [`${name} is ${lag} bytes behind, and ${mostLagBytes} may be: wait until it has caught up`]
      : []),
  ];
}

/** What the instance lacks of the log of the primary; undefined: nobody can say. */
export function lagOf(
  { server }: Instance,
  { instances, currentPrimary }: PostgresClusterFacts,
): number | undefined {
  const primary = instances.find(({ name }) => name === currentPrimary);
  if (primary?.server?.isPrimary !== true) return undefined;
  return bytesBetween(server?.lsn, primary.server.lsn);
}
