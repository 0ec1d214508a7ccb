import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { keepsThePlatformContract } from '../contracts/rollouts/platform.ts';
import { PlatformProcess, refTo } from './platform-process.ts';

const listensNowhere = 'setInterval(() => {}, 1_000)';

describe('the local platform', () => {
  const platform = new PlatformProcess();
  beforeAll(() => platform.start());
  afterAll(() => platform.clear());

  const release = (version: string) => ({ version, inProcess: { status: 200 } });
  keepsThePlatformContract(() => ({
    platform: platform.adapter,
    serving: async () => {
      const ref = refTo(`shop-${randomUUID().slice(0, 8)}`);
      await platform.firstRelease(ref, release('v1'));
      return ref;
    },
    release,
    neverReady: (version) => ({ version, command: [process.execPath, '-e', listensNowhere] }),
  }));
});
