import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import {
  createLeftoverActivities,
  type SweepDependencies,
} from '../../../activities/kernel/leftovers.ts';
import {
  createServiceSweeper,
  type ServiceSweepDependencies,
} from '../../../activities/rollouts/service-sweeper.ts';
import type { Ledger } from '../../../src/contracts/kernel/ledger.ts';
import type { SweepReport } from '../../../src/contracts/kernel/leftovers.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { MemoryPlatform } from '../../fakes/memory-platform.ts';

const shop: ServiceRef = { service: 'shop', environment: 'demo', target: { platform: 'local' } };
type GivenDependencies = ServiceSweepDependencies & Omit<SweepDependencies, 'sweepers'>;

function sweeping({ platforms, ledger, ...dependencies }: GivenDependencies) {
  return createLeftoverActivities({
    sweepers: [createServiceSweeper({ platforms, ledger })],
    ...dependencies,
  });
}

const dead = { rolloutId: '20261121T101500-0a1b2c3d', step: 1 };

test('a dead rollout is found again by the next sweep until its report is in the ledger', async () => {
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  await platform.claim(shop, dead, 'rollout/demo/shop');
  await platform.applyCanary(shop, dead, {
    release: { version: 'v2' },
    replicas: 1,
    readiness: { deadlineMs: 1_000 },
  });
  const reports: RunReport[] = [];
  let isDiskFull = true;
  const ledger: Ledger = {
    append: (report) => {
      if (isDiskFull) return Promise.reject(new Error('ENOSPC: no space left on device'));
      reports.push(report);
      return Promise.resolve();
    },
    list: () => Promise.resolve(reports),
  };
  const { sweepLeftovers } = sweeping({
    platforms: { kubernetes: new MemoryPlatform(), local: platform },
    ledger,
    openLiveness: () => () => Promise.resolve(false),
  });
  const sweep = () =>
    new MockActivityEnvironment().run<[], SweepReport, typeof sweepLeftovers>(sweepLeftovers);

  expect((await sweep()).failed).toMatchObject([{ where: 'rollout/demo/shop' }]);
  expect(platform.state(shop).canary).toBeUndefined();
  isDiskFull = false;
  expect((await sweep()).swept).toMatchObject([{ what: 'services', runRef: dead.rolloutId }]);
  expect(reports).toMatchObject([{ runRef: dead.rolloutId, outcome: 'Aborted' }]);
  expect(platform.state(shop).owner).toBeUndefined();
});

test.each(['rollback', 'blueGreen'] as const)(
  'a %s that died after its promotion is reported as what it was',
  async (kind) => {
    const platform = new MemoryPlatform();
    platform.serve(shop, { version: 'v2' });
    await platform.claim(shop, dead, 'rollout/demo/shop', kind);
    const release = { version: 'v1' };
    await platform.applyCanary(shop, dead, { release, replicas: 1, readiness: { deadlineMs: 1 } });
    await platform.setWeight(shop, dead, 100);
    await platform.promoteCanary(shop, dead);
    const reports: RunReport[] = [];
    const { sweepLeftovers } = sweeping({
      platforms: { kubernetes: new MemoryPlatform(), local: platform },
      ledger: {
        append: (report) => Promise.resolve(void reports.push(report)),
        list: () => Promise.resolve([]),
      },
      openLiveness: () => () => Promise.resolve(false),
    });
    await new MockActivityEnvironment().run<[], SweepReport, typeof sweepLeftovers>(sweepLeftovers);
    expect(reports).toMatchObject([{ kind, outcome: 'Promoted', details: { version: 'v1' } }]);
  },
);

test('an act that a dead rollout still had under way comes too late after the sweep', async () => {
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  await platform.claim(shop, dead, 'rollout/demo/shop');
  const { sweepLeftovers } = sweeping({
    platforms: { kubernetes: new MemoryPlatform(), local: platform },
    ledger: { append: () => Promise.resolve(), list: () => Promise.resolve([]) },
    openLiveness: () => () => Promise.resolve(false),
  });
  await new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: 5_000 }).run<
    [],
    SweepReport,
    typeof sweepLeftovers
  >(sweepLeftovers);
  const underWay = { ...dead, step: dead.step + 1_000 };
  await expect(platform.setWeight(shop, underWay, 50)).rejects.toThrow('comes too late');
});

function sweepAt(serverMs: number, given: GivenDependencies) {
  const { sweepLeftovers } = sweeping(given);
  return new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: serverMs }).run<
    [],
    SweepReport,
    typeof sweepLeftovers
  >(sweepLeftovers);
}

const noLedger: Ledger = { append: () => Promise.resolve(), list: () => Promise.resolve([]) };

test('a worker whose clock is ahead of the server does not keep the next rollout out', async () => {
  const serverMs = Date.now() - 3 * 60_000;
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  await platform.claim(shop, { ...dead, step: serverMs - 1_000 }, 'rollout/demo/shop');
  await sweepAt(serverMs, {
    ...{ platforms: { local: platform }, ledger: noLedger },
    openLiveness: () => () => Promise.resolve(false),
  });
  const next = { rolloutId: '20261121T102000-ffffffff', step: serverMs + 2_000 };
  await expect(platform.claim(shop, next, 'rollout/demo/shop')).resolves.toBeDefined();
});

test('a place that does not answer delays no other, and is counted', async () => {
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  await platform.claim(shop, dead, 'rollout/demo/shop');
  const silent = new MemoryPlatform();
  silent.listOwned = () => new Promise(() => {});
  const counted: (number | 'ended')[] = [];
  const report = await sweepAt(5_000, {
    ...{ platforms: { 'kubernetes/far': silent, local: platform }, ledger: noLedger },
    openLiveness: () => () => Promise.resolve(false),
    onSwept: (failed) => counted.push(failed.length),
    onEnded: () => counted.push('ended'),
    limitMs: 200,
  });
  expect(report.failed).toEqual([
    { what: 'services', where: 'kubernetes/far', error: 'Error: not done within 0.2 s' },
  ]);
  expect(report.swept).toMatchObject([{ what: 'services', runRef: dead.rolloutId }]);
  expect(counted).toEqual([1, 'ended']);
});

test('a place that is swept under two names does not fail the sweep', async () => {
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  await platform.claim(shop, dead, 'rollout/demo/shop', 'canary');
  const { sweepLeftovers } = sweeping({
    platforms: { kubernetes: platform, 'kubernetes/eu': platform },
    ledger: new MemoryLedger(),
    openLiveness: () => () => Promise.resolve(false),
  });
  const report = await new MockActivityEnvironment().run<[], SweepReport, typeof sweepLeftovers>(
    sweepLeftovers,
  );
  expect(report).toMatchObject({ swept: [{ runRef: dead.rolloutId }], failed: [] });
});
