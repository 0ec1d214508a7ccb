/** The result of a trial, and its faults. */
import type { Caller, Connections, Way } from './callers.ts';
import { operations } from './operations.ts';
import type { TrialPlan } from './plan.ts';

/** The events of one trial. Times in milliseconds since the epoch. */
export interface TrialStory {
  plan: TrialPlan;
  outcome: string;
  callers: Caller[];
  /** The longest time for which the clients themselves could not run. */
  heldUpMs: number;
  /** Late readiness probes of its pods: not an act, but their endpoints are removed. */
  slowProbes: number;
  seconds: number;
  /** When the worker was killed, if it was. */
  killedAtMs?: number;
  /** When the person who aborted had the response. */
  abortedAtMs?: number;
  /** When the act that makes the new version stable began. */
  committedAtMs?: number;
}

export interface TrialAccount {
  plan: TrialPlan;
  outcome: string;
  seconds: number;
  heldUpMs: number;
  slowProbes: number;
  requests: {
    sent: number;
    lost: number;
    /** Requests that their client sent again because its kept connection was closed, by kind of client. */
    repeated: Record<Way, number>;
    byVersion: Record<string, number>;
    problems: string[];
  };
  /** Responses of the new version to clients that bypass the route before the commit point; absent without a route. */
  leaked?: number;
  /** From the response to the abort until the canary's last response to a client, by its connections, in ms. */
  lastAnswerMs?: Record<Connections, number>;
  /** The faults; empty if there are none. */
  faults: string[];
}

export function accountFor(story: TrialStory): TrialAccount {
  const { plan, outcome, seconds, heldUpMs, slowProbes, abortedAtMs } = story;
  const requests = requestsOf(story.callers);
  const leaked = plan.route === 'ratio' ? undefined : leakedIn(story);
  return {
    plan,
    outcome,
    seconds,
    heldUpMs,
    slowProbes,
    requests,
    ...(leaked !== undefined && { leaked }),
    ...(abortedAtMs !== undefined && { lastAnswerMs: lastAnswers(story.callers, abortedAtMs) }),
    faults: [
      ...(requests.lost > 0 ? [`${requests.lost} requests lost`] : []),
      ...(leaked ? [`${leaked} direct requests reached the canary before the commit point`] : []),
      ...outcomeFault(story),
      ...(plan.killIn !== undefined && story.killedAtMs === undefined
        ? [`the worker was never in ${plan.killIn}`]
        : []),
    ],
  };
}

function outcomeFault({ plan, outcome }: TrialStory): string[] {
  const wanted = operations[plan.operation].outcome;
  return outcome === wanted ? [] : [`ended as ${outcome}, not ${wanted}`];
}

function requestsOf(callers: Caller[]): TrialAccount['requests'] {
  const byVersion: Record<string, number> = {};
  for (const { counts } of callers) {
    for (const [version, count] of Object.entries(counts.byVersion)) {
      byVersion[version] = (byVersion[version] ?? 0) + count;
    }
  }
  const sum = (of: 'sent' | 'lost') => callers.reduce((all, { counts }) => all + counts[of], 0);
  const problems = callers.flatMap(({ way, connections, counts }) =>
    counts.problems.map((problem) => `${way}, ${connections} connections: ${problem}`),
  );
  const repeated = { entrance: 0, direct: 0 };
  for (const { way, counts } of callers) repeated[way] += counts.repeated;
  return { sent: sum('sent'), lost: sum('lost'), repeated, byVersion, problems };
}

function leakedIn({ callers, committedAtMs = Infinity }: TrialStory): number {
  const direct = callers.filter(({ way }) => way === 'direct');
  return direct
    .flatMap(({ canaryAnswersAtMs }) => canaryAnswersAtMs)
    .filter((atMs) => atMs < committedAtMs).length;
}

function lastAnswers(callers: Caller[], sinceMs: number): Record<Connections, number> {
  const last = (wanted: Connections) =>
    callers
      .filter(({ way, connections }) => way === 'entrance' && connections === wanted)
      .reduce(
        (latest, { canaryAnswersAtMs }) => Math.max(latest, canaryAnswersAtMs.at(-1) ?? 0),
        0,
      );
  return { new: Math.max(0, last('new') - sinceMs), kept: Math.max(0, last('kept') - sinceMs) };
}
