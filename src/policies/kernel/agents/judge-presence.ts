/** What Temporal remembers of an agent. */
export interface PresenceFacts {
  instance: string;
  /** When it last wrote its record. */
  recordedAtMs: number;
  /** It was told to stop when it wrote that. */
  hasStopped: boolean;
  /** Who has asked its queue for work lately. */
  pollers: readonly { instance: string | undefined; lastSeenMs: number }[];
}

/** `away`: it ended, or lost its way to Temporal, without a word. */
export type PresenceState = 'polling' | 'away' | 'stopped';

export interface Presence {
  state: PresenceState;
  lastSeenMs: number;
}

/** Temporal answers a poll after a minute at the latest, and the next follows at once. */
const longPollMs = 70_000;

export function judgePresence(facts: PresenceFacts, nowMs: number): Presence {
  const polls = facts.pollers.filter(({ instance }) => instance === facts.instance);
  const polledAtMs = Math.max(0, ...polls.map(({ lastSeenMs }) => lastSeenMs));
  const lastSeenMs = Math.max(facts.recordedAtMs, polledAtMs);
  if (facts.hasStopped && polledAtMs <= facts.recordedAtMs) return { state: 'stopped', lastSeenMs };
  const isPolling = polledAtMs >= nowMs - longPollMs;
  return { state: isPolling ? 'polling' : 'away', lastSeenMs };
}

interface Poller {
  instance: string | undefined;
  lastSeenMs: number;
}

/** Another agent that has asked the queue for work so lately that it may do so again. */
export function findRival<Found extends Poller>(
  { instance, pollers }: { instance: string; pollers: readonly Found[] },
  /** The instance that was told to stop last. */
  stopped: string | undefined,
  nowMs: number,
): Found | undefined {
  return pollers.find(
    (poller) =>
      poller.instance !== instance &&
      !(stopped !== undefined && poller.instance === stopped) &&
      poller.lastSeenMs >= nowMs - longPollMs,
  );
}
