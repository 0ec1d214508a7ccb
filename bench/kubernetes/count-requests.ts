import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import type { AuditedRequest } from './audited-requests.ts';

/** When one rollout was healthy: its release is stable's, on every replica. */
export interface HealthyAt {
  service: string;
  healthyAtMs: number;
}

export interface RequestFigures {
  /** For one rollout. */
  untilHealthy: Quantiles;
  untilDone: Quantiles;
  /** For all rollouts, such as "patch deployments", the most frequent first. */
  byKind: Record<string, number>;
  /** Of the worker: they start informers and are not caused by a rollout. */
  lists: number;
  watches: number;
  /** Of no rollout that was started here. */
  others: string[];
}

/** Assigns a worker's requests to its rollouts: every object has its service in its name. */
export function countRequests(
  requests: readonly AuditedRequest[],
  rollouts: readonly HealthyAt[],
): RequestFigures {
  const acts = requests.filter(isAct);
  const known = new Set(rollouts.map(({ service }) => service));
  const counts = (until: (rollout: HealthyAt) => number) =>
    quantilesOf(
      rollouts.map((rollout) => {
        const own = acts.filter((request) => serviceOf(request) === rollout.service);
        return own.filter(({ atMs }) => atMs <= until(rollout)).length;
      }),
    );
  return {
    untilHealthy: counts(({ healthyAtMs }) => healthyAtMs),
    untilDone: counts(() => Infinity),
    byKind: tally(acts.map(kindOf)),
    lists: requests.filter(({ verb }) => verb === 'list').length,
    watches: requests.filter(({ verb }) => verb === 'watch').length,
    others: acts.filter((request) => !known.has(serviceOf(request))).map(inWords),
  };
}

export function isAct({ verb }: AuditedRequest): boolean {
  return verb !== 'list' && verb !== 'watch';
}

export function inWords(request: AuditedRequest): string {
  return `${kindOf(request)} ${request.name ?? ''}`.trim();
}

/** Without the hash of a ReplicaSet. */
function serviceOf({ name = '' }: AuditedRequest): string {
  return name.replace(/-(canary|[4-9bcdf]{6,10})$/, '');
}

function kindOf({ verb, resource }: AuditedRequest): string {
  return `${verb} ${resource}`;
}

function tally(words: string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one));
}
