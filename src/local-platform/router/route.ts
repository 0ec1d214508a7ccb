import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { Disturbance } from '../experiments/injected-fault.ts';
import type { RunningTracks } from '../experiments/running-tracks.ts';
import type { ReplicaSet } from '../replicas/replica-set.ts';
import type { Fault } from '../state/service-record.ts';
import { codeOf, refuse, waitOut } from './answering.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** How a service's requests are split. Always replaced as a whole, so that a request sees one state. */
export interface Route {
  stable: ReplicaSet | undefined;
  canary: ReplicaSet | undefined;
  /** Percent of requests for the canary. */
  weight: number;
  faults: Partial<Record<Track, Fault>>;
  /** Of an experiment: they get their share first, and the rest is split as if they were not there. */
  tracks: RunningTracks | undefined;
}

/** Answers one request. Each step uses the route as it is then. */
export async function routeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  currentRoute: () => Route,
  metrics: ServiceMetrics,
): Promise<void> {
  const startedAt = performance.now();
  const route = currentRoute();
  const taken = route.tracks?.take();
  let chosen = taken?.set ?? choose(route);
  const disturbance = taken === undefined ? disturbanceBy(route, chosen) : taken.disturbance;
  response.once('close', () => {
    const [code, tookMs] = [codeOf(response), performance.now() - startedAt];
    if (chosen) metrics.count(chosen, code, tookMs);
    taken?.count(code, tookMs);
  });
  if (disturbance !== undefined && disturbance.waitMs > 0) {
    await waitOut(disturbance);
    if (response.destroyed) return;
    // It was chosen before the wait, and may have left the route in the meantime.
    const now = currentRoute();
    if (!isIn(now, chosen)) chosen = choose(now);
  }
  if (disturbance?.isRefused) {
    refuse(response, 503, 'this failure was injected');
    return;
  }
  if (!chosen) refuse(response, 503, 'no release of this service is running');
  else await passOn(request, response, chosen);
}

/** What is injected for trials into the requests of a track of a rollout. */
function disturbanceBy(
  { faults, stable }: Route,
  chosen: ReplicaSet | undefined,
): Disturbance | undefined {
  const fault = chosen && faults[chosen === stable ? 'stable' : 'canary'];
  if (fault === undefined) return undefined;
  const { latencyMs: waitMs = 0, errorRate = 0 } = fault;
  return { waitMs, isRefused: Math.random() < errorRate, ended: undefined };
}

function isIn({ stable, canary, tracks }: Route, chosen: ReplicaSet | undefined): boolean {
  const all = [stable, canary, ...(tracks?.sets ?? [])];
  return all.includes(chosen);
}

/** At random for each request: comparing measurements of the tracks relies on that. */
function choose({ stable, canary, weight }: Route): ReplicaSet | undefined {
  return Math.random() * 100 < weight ? canary : stable;
}

async function passOn(
  request: IncomingMessage,
  response: ServerResponse,
  chosen: ReplicaSet,
): Promise<void> {
  try {
    for (let replica = chosen.next(); replica; replica = chosen.next()) {
      if ((await replica.answer(request, response)) === 'answered') return;
    }
    refuse(response, 503, `no replica of ${chosen.version} (${chosen.track}) is ready`);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    refuse(response, 502, `the replica of ${chosen.version} failed: ${problem}`);
  }
}
