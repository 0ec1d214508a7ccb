import { setTimeout as sleep } from 'node:timers/promises';
import { AttemptOver } from '../attempts/current-attempt.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Wait } from './cluster-api.ts';

/** Changes come in groups (a pod, its slice, its Deployment): one read for all of them. */
const shortestBundleMs = 20;
/** In a namespace that changes constantly, a worker must not spend all its time reading. */
const longestBundleMs = 200;

/** Calls the listener after every change; returns a function that stops it. */
export type Subscribe = (listener: () => void) => () => void;

/** Reads now and after changes until `look` returns a value. One read at a time. */
export async function pollUntil<T>(
  wait: Wait,
  subscribe: Subscribe,
  read: () => Promise<T | undefined>,
): Promise<T> {
  const changes = createSignal();
  const unsubscribe = subscribe(changes.raise);
  const end = createEnd(wait);
  try {
    for (let bundleMs = shortestBundleMs; ; bundleMs = Math.min(2 * bundleMs, longestBundleMs)) {
      changes.clear();
      const found = await Promise.race([read(), end.reached]);
      if (found !== undefined) return found;
      await Promise.race([changes.raised(), end.reached]);
      await Promise.race([sleep(bundleMs), end.reached]);
    }
  } finally {
    unsubscribe();
    end.forget();
  }
}

/** Set until it is cleared, so that a change during a read is not missed. */
function createSignal() {
  let isRaised = false;
  let notify = () => {};
  return {
    raise: () => {
      isRaised = true;
      notify();
    },
    clear: () => {
      isRaised = false;
    },
    raised: () =>
      new Promise<void>((resolve) => {
        notify = resolve;
        if (isRaised) resolve();
      }),
  };
}

function createEnd({ timeoutMs, what, signal }: Wait) {
  let fail: (reason: unknown) => void = () => {};
  const reached = new Promise<never>((_, reject) => {
    fail = reject;
  });
  reached.catch(() => {});
  const startMs = performance.now();
  const giveUp = (afterMs: number) =>
    fail(new PlatformError('unavailable', `waited ${afterMs / 1000} s for ${what()}`));
  const timedOut = () => giveUp(timeoutMs);
  const aborted = () => {
    const isOver = signal?.reason instanceof AttemptOver;
    if (isOver) giveUp(Math.round((performance.now() - startMs) / 100) * 100);
    else fail(signal?.reason);
  };
  const timer = setTimeout(timedOut, timeoutMs);
  if (signal?.aborted) aborted();
  signal?.addEventListener('abort', aborted);
  return {
    reached,
    forget: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    },
  };
}
