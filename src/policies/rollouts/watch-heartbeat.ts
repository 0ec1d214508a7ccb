/** Until the next attempt of a watch begins after its heartbeat timed out. */
export const watchRetryMs = 1000;
/**
 * Reserve: the server's timers of the timeout and of the retry may each fire most of a second late,
 * and then the task has to be handed to a worker.
 */
const reserveMs = 2000;

/**
 * The heartbeat timeout that keeps the blind time of a hold within its bound: a worker that dies
 * right after a heartbeat is missed one timeout later, then the retry must be handed out.
 */
export function watchHeartbeatTimeoutMs(blindTimeMs: number): number {
  return Math.max(1000, blindTimeMs - watchRetryMs - reserveMs);
}

/**
 * How often a heartbeat reaches the server: the SDK sends one every 0.8 of the timeout.
 * Each is a Temporal Action, so this is what a hold costs.
 */
export function heartbeatEveryMs(blindTimeMs: number): number {
  return 0.8 * watchHeartbeatTimeoutMs(blindTimeMs);
}
