import { describe, expect, test } from 'vitest';
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

test('a release that was replaced is given back once, however often that is asked for', async () => {
  const platform = new MemoryPlatform('in-steps');
  const target: ServiceRef['target'] = {
    platform: 'kubernetes',
    namespace: 'shop',
    metrics: { path: '/metrics' },
  };
  const ref: ServiceRef = { service: 'shop', environment: 'test', target };
  platform.serve(ref, { version: 'v1' });
  const fence = (step: number) => ({ rolloutId: 'a', step });
  await platform.claim(ref, fence(1), 'rollout/test/shop', 'rolling');
  await platform.replaceStable(ref, fence(2), {
    release: { version: 'v2' },
    how: 'rolling',
    readiness: { path: '/', deadlineMs: 1_000 },
  });
  for (const step of [3, 4]) {
    expect(await platform.restoreReplaced(ref, fence(step))).toBe('under-way');
    expect(platform.state(ref).stable?.release.version).toBe('v1');
  }
});
