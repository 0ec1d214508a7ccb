import { SourceError, type ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { KubernetesTarget } from '../../../specs/rollouts/kubernetes-target.ts';

/** The letters and digits that the hash of a pod template is written in. */
const templateHash = '[4-9bcdf]{1,10}';
const id = '[a-z0-9]{5}';
const idLength = 5;

/** A generated name keeps so much of what stands before its ID. */
const longestBase = 58;
const longestHash = 10;

/**
 * Matches, as a whole, the names of one track's pods, and of pods that replace them: `shop-<hash>-<id>`,
 * with a hash for each track. Where nobody has looked for the hashes, each of them is stable's. It has no
 * backslash, so that it stays itself within quotes. Throws SourceError where names do not tell the tracks
 * apart.
 */
export function podNamePattern(
  { ref: { service }, replicas }: Pick<ReadSubject, 'ref' | 'replicas'>,
  target: KubernetesTarget,
  track: Track,
): string {
  if (target.colours) {
    throw new SourceError(
      'with two colours, each Deployment is in turn the canary, so pod names do not identify it; distinguish the tracks by a version label',
    );
  }
  if (replicas !== undefined) {
    const other = track === 'canary' ? 'stable' : 'canary';
    requireApart(startsOf(replicas[track] ?? []), startsOf(replicas[other] ?? []));
    return likeOnes(replicas[track] ?? [], track);
  }
  const deployment = target.deployment ?? service;
  if (`${deployment}-canary-`.length >= longestBase) {
    throw new SourceError(
      `Kubernetes shortens the names of ${deployment}'s pods, so they do not tell the canary's from stable's`,
    );
  }
  const start = track === 'canary' ? `${deployment}-canary-` : `${deployment}-`;
  const dash = start.length + longestHash + 1 > longestBase ? '-?' : '-';
  return `${literal(start)}${templateHash}${dash}${id}`;
}

/** Pods of one ReplicaSet differ in their IDs only. */
function likeOnes(names: readonly string[], track: Track): string {
  const [first, ...others] = startsOf(names).map(literal);
  if (first === undefined) throw new SourceError(`the ${track} has no pods yet`);
  return others.length === 0 ? `${first}${id}` : `(?:${[first, ...others].join('|')})${id}`;
}

function startsOf(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.slice(0, -idLength)))].sort();
}

/** Of a long name, Kubernetes cuts off what tells the ReplicaSets apart. */
function requireApart(own: readonly string[], others: readonly string[]): void {
  const both = own.find((start) =>
    others.some((other) => other.startsWith(start) || start.startsWith(other)),
  );
  if (both === undefined) return;
  throw new SourceError(
    `Kubernetes shortens the names of pods like ${both}..., so they do not tell the canary's from stable's`,
  );
}

function literal(text: string): string {
  return text.replaceAll('.', '[.]');
}
