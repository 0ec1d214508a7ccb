import { describe } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { keepsThePlatformContract } from '../contracts/rollouts/platform.ts';
import { MemoryPlatform } from './memory-platform.ts';

describe.each(['at-once', 'in-steps'] as const)('the platform in memory, %s', (takesOver) => {
  const platform = new MemoryPlatform(takesOver);
  platform.neverReady.add('v2-never-ready');
  keepsThePlatformContract(() => ({
    platform,
    serving: () => {
      const target: ServiceRef['target'] =
        takesOver === 'at-once'
          ? { platform: 'local' }
          : { platform: 'kubernetes', namespace: 'shop', metrics: { path: '/metrics' } };
      const ref = { service: `shop-${randomUUID()}`, environment: 'test', target };
      platform.serve(ref, { version: 'v1' }, 2);
      return Promise.resolve(ref);
    },
    release: (version) => ({ version }),
    neverReady: (version) => ({ version: `${version}-never-ready` }),
  }));
});
