import { AsyncLocalStorage } from 'node:async_hooks';

const urgency = new AsyncLocalStorage<true>();

/** No breaker stands in the way of what is asked within: an undo must not wait for one. */
export function urgently<T>(act: () => T): T {
  return urgency.run(true, act);
}

export function isUrgent(): boolean {
  return urgency.getStore() === true;
}
