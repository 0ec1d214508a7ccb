import { condition, sleep } from '@temporalio/workflow';
import type { NodeAddress } from '../../../../src/contracts/recovery/database-node.ts';
import type { RouteTarget, SwitchRouteCall } from '../../../../src/contracts/recovery/routes.ts';
import {
  leaderOf,
  nameOfRoute,
} from '../../../../src/policies/recovery/databases/name-of-route.ts';
import { pauseBetweenTries } from '../../../../src/policies/recovery/pause-between-tries.ts';
import { holdsClients } from '../../../../src/policies/recovery/databases/seen-route.ts';
import type { Route } from '../../../../src/specs/recovery/route.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import { takeStep, type OpenStep } from '../../../kernel/steps.ts';
import { byAgent } from './by-agent.ts';
import { carryOn } from '../carry-on.ts';
import type { DatabaseRun } from './database-run.ts';
import { together } from '../together.ts';
import { tryStep } from '../try-step.ts';

export interface Leading {
  from: NodeAddress;
  to: RouteTarget;
  waiting: SwitchRouteCall['waiting'];
}

/**
 * Leads the clients of every route to the new primary, all at once. Returns the routes by which they
 * were not: none of them keeps the others, or what follows, waiting.
 */
export async function leadClients<Spec>(
  run: DatabaseRun<Spec>,
  leading: Leading,
): Promise<Route[]> {
  const { routes } = run.plan;
  const left: Route[] = [];
  await byAgent(routes, queueOf, async (route) => {
    if (!(await tryOnce(run, route, leading))) left.push(route);
  });
  if (routes.length > 0 && left.length === 0) stampRouted(run);
  return left;
}

/** Acts on a Service make no other one stale. */
function queueOf(route: Route): string {
  return 'router' in route ? route.agent : nameOfRoute(route);
}

const longestWaitMs = 600_000;

/**
 * Tries again and again, beside what follows, for as long as that takes: clients of these routes have no
 * primary. Returns the routes by which they still have none.
 */
export async function leadBeside<Spec>(
  run: DatabaseRun<Spec>,
  routes: readonly Route[],
  leading: Leading,
  rest: Promise<void>,
): Promise<Route[]> {
  let isOver = false;
  const ended = rest.finally(() => (isOver = true));
  const sinceMs = Date.now();
  const led = routes.map(async (route) => {
    run.note(
      `clients of ${nameOfRoute(route)} are not led to the new primary yet: it is tried again`,
    );
    for (;;) {
      if (await condition(() => isOver, pauseBetweenTries(Date.now() - sinceMs))) return false;
      if (await tryOnce(run, route, leading, { isBeside: true })) return true;
    }
  });
  const [, ...answers] = await together([ended, ...led]);
  return routes.filter((_, index) => answers[index] === false);
}

/** Those that could not be led before; people are asked where they still cannot. */
export async function leadTheRest<Spec>(
  run: DatabaseRun<Spec>,
  routes: readonly Route[],
  leading: Leading,
): Promise<void> {
  for (const route of routes) {
    const led = await carryOn(run, nameOfStep(route), async (step) => {
      await lead(run, route, { leading, step });
      return true;
    });
    if (led === undefined) noteWaiting(run, route, leading.to.address);
  }
  const { routes: led = [] } = run.found;
  if (routes.length > 0 && led.length === run.plan.routes.length) stampRouted(run);
}

/** Nobody leads these clients to the new primary: the run says who has to. */
export function leaveClients<Spec>(run: DatabaseRun<Spec>, to: NodeAddress, why: string): void {
  for (const route of run.plan.routes) {
    run.missing.push(`${nameOfStep(route)}: ${why}`);
    noteWaiting(run, route, to);
  }
}

function noteWaiting<Spec>(
  run: DatabaseRun<Spec>,
  route: Route,
  { host, port }: NodeAddress,
): void {
  const [now, then] = holdsClients({ route })
    ? ['wait', ', and lets them go on (RESUME)']
    : ['still reach the former primary', ''];
  run.note(
    `clients of ${nameOfRoute(route)} may ${now} until somebody leads them to ${host}:${port}${then}`,
  );
}

/**
 * Until then resolvers may give clients the address of the former primary. A name that was kept for
 * longer than anybody waits is left to a note.
 */
export async function awaitNames<Spec>(run: DatabaseRun<Spec>): Promise<void> {
  const leftMs = run.namesKeptUntilMs - Date.now();
  if (leftMs <= 0) return;
  if (leftMs > longestWaitMs) {
    const until = new Date(run.namesKeptUntilMs).toISOString();
    run.note(`resolvers may lead clients to the former primary until ${until}`);
    return;
  }
  await takeStep(run, 'wait until no resolver has the former address', async ({ prove }) => {
    prove({ what: 'kept for', source: 'time to live', value: formatDuration(leftMs) });
    await sleep(leftMs);
  });
}

/** Clients of a name are led once no resolver has what it was. */
function stampRouted<Spec>(run: DatabaseRun<Spec>): void {
  run.stamp('routedAtMs', Math.max(Date.now(), run.namesKeptUntilMs));
}

async function tryOnce<Spec>(
  run: DatabaseRun<Spec>,
  route: Route,
  leading: Leading,
  how: { isBeside?: true } = {},
): Promise<boolean> {
  const step = { name: nameOfStep(route), source: leaderOf(route), ...how };
  return (
    (await tryStep(run, step, (open) => lead(run, route, { leading, step: open }))) === undefined
  );
}

async function lead<Spec>(
  run: DatabaseRun<Spec>,
  route: Route,
  { leading: { from, to, waiting }, step }: { leading: Leading; step: OpenStep },
): Promise<void> {
  const { detail, keptForMs = 0 } = await run.route(route).switch(from, to, waiting);
  const { host, port } = to.address;
  run.namesKeptUntilMs = Math.max(run.namesKeptUntilMs, Date.now() + keptForMs);
  run.found.routes = [...(run.found.routes ?? []), { route: nameOfRoute(route), to: to.address }];
  step.prove({
    ...{ what: 'reached through it', source: leaderOf(route) },
    value: `${host}:${port} of timeline ${to.timeline}; ${detail}`,
  });
}

function nameOfStep(route: Route): string {
  return `lead clients of ${nameOfRoute(route)}`;
}
