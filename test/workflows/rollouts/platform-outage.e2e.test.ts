/** A rollout whose platform is away for so long that its breaker opens. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Breakers } from '../../../src/adapters/breakers/breakers.ts';
import { letUndosThrough } from '../../../src/adapters/breakers/let-undos-through.ts';
import { createLocalPlatform } from '../../../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../../../src/adapters/local-platform/locate.ts';
import { homeLayout } from '../../../src/config/home.ts';
import type { BreakerReport } from '../../../src/contracts/kernel/breakers.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';
import { PlatformProcess, refTo } from '../../local-platform/platform-process.ts';

const platform = new PlatformProcess();
const breakers = new Breakers({ failures: 5, openMs: 60_000, successes: 2 });
const guard = breakers.guard('local-platform');
/** How often the platform answered a call that was let through an open breaker. */
let answeredThroughOpen = 0;
const local = createLocalPlatform({
  locate: locateLocalPlatform({
    home: platform.home,
    localPlatform: { tokenFile: homeLayout(platform.home).platformToken },
  }),
  guard: (call, judge) =>
    guard(async () => {
      const isOpen = breakers.reports()[0]?.state === 'open';
      const answer = await call();
      if (isOpen) answeredThroughOpen += 1;
      return answer;
    }, judge),
});
let env: TestWorkflowEnvironment;
let bench: RolloutBench;
let startsInMs = 0;

beforeAll(async () => {
  env = await devServer();
  const startedMs = performance.now();
  await platform.start();
  startsInMs = performance.now() - startedMs;
  bench = await RolloutBench.start(
    env.client,
    env.nativeConnection,
    { actBudgetMs: 120_000, undoBudgetMs: 120_000 },
    { local: letUndosThrough(local) },
  );
});
afterAll(async () => {
  await bench.stop();
  await platform.clear();
  await env.teardown();
});

/** A breaker doubles this with each try that fails. */
const firstOpenMs = 1_000;
const release = (version: string) => ({ version, inProcess: { status: 200 } });

/** Calls that no undo needs, until the breaker lets none through for this long. */
async function openFor(leastMs: number): Promise<BreakerReport> {
  return eventually(async () => {
    await local.listServices().catch(() => undefined);
    const [report] = breakers.reports();
    if ((report?.retryInMs ?? 0) < leastMs) throw new Error(`still ${report?.state}`);
    return report!;
  }, 60_000);
}

test('an abort while the platform is away has the traffic back with stable as soon as it returns', async () => {
  const shop = refTo('shop');
  await platform.firstRelease(shop, release('v1'), 1);
  const stages = [{ weight: 50, hold: '10m' }];
  const handle = await bench.start(shop, { release: release('v2'), replicas: 1, stages });
  await bench.until(shop, ({ phase, weight }) => phase === 'holding' && weight === 50);
  await platform.end('SIGKILL');
  await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
  // Open for longer than the platform takes to start and an undo waits between two tries.
  await openFor(Math.max(12_000, 5_000 + 3 * startsInMs));

  await platform.start();
  await eventually(async () => {
    expect((await platform.service(shop)).canaryWeight).toBe(0);
  }, 60_000);
  expect(answeredThroughOpen).toBeGreaterThan(0);
  const report = (await handle.result()) as RolloutReport;
  expect(report.outcome).toBe('Aborted');
});

test('an act goes on once the platform is back, without more delay than the outage lasted', async () => {
  breakers.reset();
  const shop = refTo('cart');
  await platform.firstRelease(shop, release('v1'), 1);
  await platform.end('SIGKILL');
  const awayAtMs = performance.now();
  await openFor(1);
  const stages = [{ weight: 50, hold: '10m' }];
  const handle = await bench.start(shop, { release: release('v2'), replicas: 1, stages });
  const { retryInMs = 0 } = await openFor(3_000);
  expect(retryInMs).toBeLessThan(performance.now() - awayAtMs + firstOpenMs);
  await platform.start();
  await bench.until(shop, ({ phase }) => phase === 'holding');
  await handle.executeUpdate('abort', { args: [{ by: 'ana' }] });
  expect(((await handle.result()) as RolloutReport).outcome).toBe('Aborted');
});
