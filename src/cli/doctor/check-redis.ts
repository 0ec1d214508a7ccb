import { unguarded } from '../../adapters/breakers/unguarded.ts';
import { openRedis } from '../../adapters/redis/open-redis.ts';
import type { Config } from '../../config/config.ts';
import { messageOf, ok, warn, type Finding } from './finding.ts';

/** Never fails: without it, everything only takes longer. */
export async function checkRedis({ redis: settings }: Pick<Config, 'redis'>): Promise<Finding[]> {
  if (settings === undefined) return [];
  const check = 'Redis';
  const redis = openRedis(settings, unguarded);
  try {
    await redis.check();
    return [ok(check, redis.place)];
  } catch (error) {
    const fix = 'Until then, each process asks the sources by itself.';
    return [warn(check, `${redis.place}: ${messageOf(error)}`, fix)];
  } finally {
    await redis.close();
  }
}
