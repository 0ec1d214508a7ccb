/** What a trial came to, and what of it must not be. */
import type { Caller, Connections, Way } from './callers.ts';
import { operations } from './operations.ts';
import type { TrialPlan } from './plan.ts';

/** What one trial did. Times in milliseconds since the epoch. */
export interface TrialStory {
  plan: TrialPlan;
  outcome: string;
  callers: Caller[];
  /** The longest that the callers themselves could not run. */
  heldUpMs: number;
  /** Readiness probes of its pods that came too late: nobody's act, but their endpoints go. */
  slowProbes: number;
  seconds: number;
  /** When the worker was killed, if it was. */
  killedAtMs?: number;
  /** When the person who aborted had the answer. */
  abortedAtMs?: number;
  /** The act that makes the new version stable was begun. */
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
    /** Sent again by their caller, whose kept connection had been closed: by those of each way. */
    repeated: Record<Way, number>;
    byVersion: Record<string, number>;
    problems: string[];
  };
  /** Answers of the new version to callers past the route before the commit point; absent without a route. */
  leaked?: number;
  /** From the answer to the abort until the canary's last answer to a caller, by its connections, in ms. */
  lastAnswerMs?: Record<Connections, number>;
  /** What must not be; empty where all is well. */
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
      ...(leaked ? [`${leaked} direct callers met the canary before the commit point`] : []),
      ...outcomeFault(story),
      ...(plan.killIn !== undefined && story.killedAtMs === undefined
        ? [`the worker was never seen in ${plan.killIn}`]
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
