import { openRedis, type Redis } from '../redis/open-redis.ts';
import type { Config } from '../../config/config.ts';
import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { CacheReport } from '../../contracts/kernel/caches.ts';
import { Caches } from './caches.ts';

export interface OpenCaches extends Pick<Caches, 'open'> {
  reports(): CacheReport[];
  /** Absent: nothing is shared. */
  redis?: Redis;
  close(): Promise<void>;
}

interface Surroundings {
  /** Tells this Belay, and its ledger, from others that use the same Redis. */
  of: string;
  guardOf: GuardOf;
}

/** Memory, in front of the Redis of the settings. Nothing is connected before the first question. */
export function openCaches(
  { caches: limits, redis: settings }: Pick<Config, 'caches' | 'redis'>,
  { of, guardOf }: Surroundings,
): OpenCaches {
  const redis = settings && openRedis(settings, guardOf('redis'));
  const caches = new Caches({
    ...limits,
    ...(redis && { shared: { store: redis, of } }),
  });
  return {
    ...(redis && { redis }),
    open: (cache) => caches.open(cache),
    reports: () => caches.reports(),
    close: async () => {
      caches.close();
      await redis?.close();
    },
  };
}
