import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { HoldProgress, HoldOutcome } from '../../../../src/contracts/rollouts/hold.ts';
import type { Measurement } from '../../../../src/contracts/rollouts/verdict.ts';
import { noProgress } from '../../../../src/policies/rollouts/analysis/progress.ts';
import { blocked, held, type ScriptedService } from '../../../fixtures/scripted-activities.ts';
import { canarySpec, ScriptedRollouts } from '../../../fixtures/scripted-rollouts.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

/** Temporal warns of larger payloads. */
const payloadWarningBytes = 256 * 1024;

const metrics = Array.from({ length: 50 }, (_, i) => `checkout-requests-${i}`);
const longReason = 'p99 is 1,234 ms, above at most 400 ms; '.padEnd(300, 'x');

/** As many measurements of each metric as a hold of 50 keeps, each with the longest reason. */
function largeProgress(): HoldProgress {
  const measurements = Array.from({ length: 10 }, (_, i) =>
    metrics.map((metric): Measurement => ({
      ...{ metric, atMs: 1_700_000_000_000 + i, requests: 12_345, value: 0.123456789 },
      ...{ stable: 0.123456789, result: 'inconclusive', reason: longReason },
    })),
  ).flat();
  const tallies = Object.fromEntries(
    metrics.map((metric) => [metric, { passed: 1_000, failed: 0, noData: 1_000 }]),
  );
  return { ...noProgress, measurements, tallies };
}

const outcome = (kind: HoldOutcome['verdict']['kind']): HoldOutcome => ({
  ...held(kind),
  progress: largeProgress(),
});

describe('what a rollout carries with it', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it.each([
    { phase: 'inconclusive', event: 'inconclusive', first: 'inconclusive', approval: {} },
    {
      phase: 'awaiting-approval',
      event: 'approval-needed',
      first: 'pass',
      approval: { approval: { by: ['ana'] } },
    },
  ] as const)(
    'while $phase for 30 days stays small, and people are reminded daily',
    async ({ phase, event, first, approval }) => {
      const shop = rollouts().service();
      shop.settings = { ...shop.settings, notifies: true };
      const stages = [{ weight: 20, hold: '50ms', ...approval }];
      const untilDeadline = () => watchUntilDeadline(shop, rollouts());
      shop.script('watchHold', outcome(first), untilDeadline);
      const run = await rollouts().start(shop, { ...canarySpec, stages });
      await run.until(phase);
      await run.sleep('720 hours');

      const reminders = shop.notifications.filter((sent) => sent.event === event);
      expect(reminders.length).toBeGreaterThanOrEqual(30);
      expect(reminders.length).toBeLessThanOrEqual(31);
      expect(shop.watches.length).toBeGreaterThan(29);
      expect(shop.watches.length).toBeLessThan(70);
      const { historyLength } = await run.handle.describe();
      expect(historyLength).toBeLessThan(2_000);
      expect(bytes(await run.status())).toBeLessThan(payloadWarningBytes);
      await run.send('abort');
      expect(bytes(await run.report())).toBeLessThan(payloadWarningBytes);
    },
  );

  it('fits into a payload after ten stages of 50 metrics', async () => {
    const shop = rollouts().service().script('watchHold', outcome('pass'));
    const stages = Array.from({ length: 10 }, (_, i) => ({ weight: 5 + i, hold: '50ms' }));
    const run = await rollouts().start(shop, { ...canarySpec, stages });
    const report = await run.report();
    expect(report.details.stages.at(0)?.tallies['checkout-requests-7']?.passed).toBe(1_000);
    expect(bytes(report)).toBeLessThan(payloadWarningBytes);
  });

  it('fits into a payload after ten thousand messages', async () => {
    const shop = rollouts().service().script('watchHold', blocked);
    const run = await rollouts().start(shop);
    await run.until('holding');
    const by = 'y'.repeat(2_000);
    for (let i = 0; i < 20; i++) {
      const batch = Array.from({ length: 500 }, () => run.handle.signal('resume', { by, why: by }));
      await Promise.all(batch);
    }
    await run.handle.signal('abort', { by: 'ana' });
    const report = await run.report();
    expect(report.people).toHaveLength(100);
    expect(bytes(report)).toBeLessThan(payloadWarningBytes);
  }, 180_000);
});

const bytes = (payload: unknown) => Buffer.byteLength(JSON.stringify(payload));

/** As a watch that nothing decides. The server skips no time while an activity runs, but that until a retry. */
async function watchUntilDeadline(
  { watches }: ScriptedService,
  { env }: ScriptedRollouts,
): Promise<HoldOutcome> {
  const { deadlineMs = 0 } = watches.at(-1) ?? {};
  const leftMs = deadlineMs - (await env.currentTimeMs());
  if (leftMs <= 0) return outcome('inconclusive');
  throw ApplicationFailure.create({ message: 'not yet', nextRetryDelay: leftMs });
}
