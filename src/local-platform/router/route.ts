import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { ReplicaSet } from '../replicas/replica-set.ts';
import type { Fault } from '../state/service-record.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** How a service's requests are split. Always replaced as a whole, so that a request sees one state. */
export interface Route {
  stable: ReplicaSet | undefined;
  canary: ReplicaSet | undefined;
  /** Percent of requests for the canary. */
  weight: number;
  faults: Partial<Record<Track, Fault>>;
}

/** 499, the usual code for a client that closed the connection before the response. */
const callerLeft = 499;

/** Answers one request. Each step uses the route as it is then. */
export async function routeRequest(
  request: IncomingMessage,
  response: ServerResponse,
  currentRoute: () => Route,
  metrics: ServiceMetrics,
): Promise<void> {
  const startedAt = performance.now();
  const route = currentRoute();
  let chosen = choose(route);
  const fault = chosen && route.faults[chosen.track];
  response.once('close', () => {
    if (chosen) metrics.count(chosen, codeOf(response), performance.now() - startedAt);
  });
  if (fault?.latencyMs) {
    await sleep(fault.latencyMs);
    if (response.destroyed) return;
    // It was chosen before the wait, and may have left the route in the meantime.
    const now = currentRoute();
    if (chosen !== now.stable && chosen !== now.canary) chosen = choose(now);
  }
  if (fault?.errorRate && Math.random() < fault.errorRate) {
    refuse(response, 503, 'this failure was injected');
    return;
  }
  if (!chosen) refuse(response, 503, 'no release of this service is running');
  else await passOn(request, response, chosen);
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

function refuse(response: ServerResponse, status: 502 | 503, message: string): void {
  if (response.destroyed) return;
  if (response.headersSent) {
    response.destroy(new Error(message));
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify({ error: { code: 'unavailable', message } })}\n`);
}

function codeOf(response: ServerResponse): number {
  if (response.writableFinished) return response.statusCode;
  return response.errored ? 502 : callerLeft;
}
