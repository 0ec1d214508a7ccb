import { Caches } from './caches.ts';
import { openRedis, type Redis } from '../redis/open-redis.ts';
import type { Config } from '../../config/config.ts';
import type { GuardOf } from '../../contracts/kernel/breakers.ts';
import type { CacheReport } from '../../contracts/kernel/caches.ts';

export interface OpenCaches extends Pick<Caches, 'open'> {
  reports(): CacheReport[];
  /** Absent: nothing is shared. */
  redis?: Redis;
  close(): Promise<void>;
}

interface Surroundings {
  /** Tells this Belay from others that use the same Redis. */
  installation: string;
  guardOf: GuardOf;
}

/** Memory, in front of the Redis of the settings. Nothing is connected before the first question. */
export function openCaches(
  { caches: limits, redis: settings }: Pick<Config, 'caches' | 'redis'>,
  { installation, guardOf }: Surroundings,
): OpenCaches {
  const redis = settings && openRedis(settings, guardOf('redis'));
  const caches = new Caches({
    ...limits,
    ...(redis && { shared: { store: redis, of: installation } }),
  });
  return {
    ...(redis && { redis }),
    open: (of) => caches.open(of),
    reports: () => caches.reports(),
    close: async () => {
      caches.close();
      await redis?.close();
    },
  };
}
