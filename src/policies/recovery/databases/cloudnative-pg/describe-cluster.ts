import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../contracts/recovery/postgres-cluster.ts';
import { describePhase } from './phases.ts';
import { lagOf } from './refuse-change.ts';

/** In one line, as evidence shows the Cluster. */
export function describeCluster(facts: PostgresClusterFacts): string {
  const { currentPrimary, targetPrimary, ready, wanted, readWrite } = facts;
  const target = targetPrimary === currentPrimary ? '' : `, target ${targetPrimary ?? 'none'}`;
  const pods = readWrite.pods.join(', ') || 'nowhere';
  return `${describePhase(facts)}, ${ready} of ${wanted} ready, primary ${currentPrimary ?? 'none'}${target}, ${readWrite.service} leads to ${pods}`;
}

/** One instance, with what its own server says. */
export function describeInstance(instance: Instance, facts: PostgresClusterFacts): string {
  const { state, isReady, isFenced, timeline, server, whyNoServer } = instance;
  const lag = instance.name === facts.currentPrimary ? undefined : lagOf(instance, facts);
  const known = server?.timeline ?? timeline;
  return [
    isReady ? 'ready' : `not ready (${state})`,
    ...(isFenced ? ['fenced'] : []),
    ...(known === undefined ? [] : [`timeline ${known}`]),
    ...(server === undefined ? [] : [describeServer(server)]),
    ...(lag === undefined ? [] : [`${lag} bytes behind`]),
    ...(whyNoServer === undefined ? [] : [`its server was not reached: ${whyNoServer}`]),
  ].join(', ');
}

function describeServer({
  isPrimary,
  streams,
  isReplayPaused,
  lsn,
}: NonNullable<Instance['server']>) {
  const role = isPrimary ? 'primary' : streams ? 'standby that streams' : 'standby, not streaming';
  return `${role}${isReplayPaused ? ', replay paused' : ''}${lsn === undefined ? '' : ` at ${lsn}`}`;
}

/** Whatever a watch has to tell of: it returns where this is another text. */
export function signatureOf(facts: PostgresClusterFacts): string {
  const { currentPrimary, targetPrimary, phase, ready, instances, readWrite } = facts;
  const { isUnreconciled, isHibernated, timeline, systemIdentifier } = facts;
  const fenced = instances.filter(({ isFenced }) => isFenced).map(({ name }) => name);
  return JSON.stringify([
    ...[currentPrimary, targetPrimary, phase, ready, timeline, systemIdentifier],
    ...[readWrite.pods, fenced, isUnreconciled, isHibernated],
  ]);
}
