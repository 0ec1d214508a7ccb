/** A trial: a rollout of one kind, under load, with or without a killed worker. */
import { WrongOption } from '../report/arguments.ts';
import { operationNames, operations, type OperationName } from './operations.ts';

/** How clients reach the service, and what divides their traffic. */
export const routes = ['gateway', 'nginx', 'ratio'] as const;
export type Route = (typeof routes)[number];

export interface TrialPlan {
  route: Route;
  operation: OperationName;
  /** The activity during which Belay's worker is killed; absent: it is not killed. */
  killIn?: string;
  /** Whether the user's pods sleep before they stop. */
  preStop: boolean;
}

export interface Selection {
  /** Of each of those below. */
  runs: number;
  routes: readonly Route[];
  operations: readonly OperationName[];
  killWorker: boolean;
  preStop: boolean;
}

/** Every trial of a selection, ordered so that an interrupted run has covered something of everything. */
export function planTrials({ runs, killWorker, preStop, ...chosen }: Selection): TrialPlan[] {
  const rounds = Array.from({ length: runs }, (_, round) => round);
  return rounds.flatMap((round) =>
    chosen.routes.flatMap((route) =>
      chosen.operations.map((operation) => ({
        route,
        operation,
        preStop,
        ...(killWorker && { killIn: nth(operations[operation].killedIn, round) }),
      })),
    ),
  );
}

export function readRoutes(text: string): readonly Route[] {
  return readNames('route', text, routes);
}

export function readOperations(text: string): readonly OperationName[] {
  return readNames('operation', text, operationNames);
}

function readNames<T extends string>(
  option: string,
  text: string,
  all: readonly T[],
): readonly T[] {
  if (text === 'all') return all;
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.filter((name) => !all.some((known) => known === name));
  if (wrong.length === 0) return all.filter((known) => names.includes(known));
  throw new WrongOption(
    `--${option} takes ${all.join(', ')}, or all; not "${wrong.join('", "')}".`,
  );
}

/** In turn. */
function nth(places: readonly string[], round: number): string {
  return places[round % places.length] ?? '';
}
