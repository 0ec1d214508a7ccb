import { Context } from '@temporalio/activity';

const withoutTimeoutMs = 10_000;

/** Often enough never to be missed; the first one is due only then, since each is a Temporal Action. */
export function heartbeatEveryMs({ info }: Context): number {
  return (info.heartbeatTimeoutMs ?? withoutTimeoutMs) / 4;
}

/** Heartbeats for as long as the work takes, so that a worker's death is noticed while it is under way. */
export async function whileHeartbeating<T>(
  work: () => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const context = Context.current();
  const beat = setInterval(() => {
    context.heartbeat(details());
  }, heartbeatEveryMs(context));
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}

interface SpreadHeartbeats {
  /** Held back until the first one is due; only the last is sent then. */
  beat(details: unknown): void;
  stop(): void;
}

/**
 * Heartbeats that begin at a random moment of the first half of their timeout. The SDK sends the others at a fixed
 * distance from the first: those of a thousand activities that begin together, as after the start of a worker,
 * would be sent together for as long as they last, and hold up everything else each time.
 */
export function spreadHeartbeats(context: Context, random = Math.random): SpreadHeartbeats {
  let isDue = false;
  let held: { details: unknown } | undefined;
  const firstAfterMs = random() * 2 * heartbeatEveryMs(context);
  const first = setTimeout(() => {
    isDue = true;
    if (held !== undefined) context.heartbeat(held.details);
  }, firstAfterMs);
  return {
    beat(details) {
      if (isDue) context.heartbeat(details);
      else held = { details };
    },
    stop() {
      clearTimeout(first);
    },
  };
}
