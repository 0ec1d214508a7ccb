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
