import type { MiddlewareHandler } from 'hono';
import { addressOf } from './address-of.ts';
import { refuse } from './refusal.ts';
import { TokenBuckets } from './token-buckets.ts';

/** For what needs no credential: each address has its own rate, which takes nothing from any other. */
export function limitByAddress(perMinute: number, now: () => number): MiddlewareHandler {
  const buckets = new TokenBuckets(perMinute, now);
  return async (context, next) => {
    const waitMs = buckets.take(addressOf(context));
    if (waitMs <= 0) return next();
    context.header('retry-after', String(Math.ceil(waitMs / 1_000)));
    return refuse(context, 429, `at most ${perMinute} requests a minute are taken`);
  };
}
