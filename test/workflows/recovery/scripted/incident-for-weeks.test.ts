import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ScriptedIncidents } from '../../../fixtures/scripted-incidents.ts';
import { longestStartMs } from '../../../fixtures/scripted-rollouts.ts';

let incidents: ScriptedIncidents;

beforeAll(async () => {
  incidents = await ScriptedIncidents.start();
}, longestStartMs);

afterAll(() => incidents.stop(), 20_000);

it('an incident stays small in thirty days in which nobody answers, and calls people all the time', async () => {
  const shop = await incidents.declare({ incident: 'forgotten', severity: 'sev1' });
  const firstRun = (await shop.until(({ phase }) => phase === 'unacknowledged')).runId;
  // Time goes on while somebody waits for the result.
  const ended = shop.handle.result().catch(() => undefined);
  let longest = 0;
  // Every four hours from the third on.
  await vi.waitUntil(
    async () => {
      const { historyLength } = await shop.handle.describe();
      longest = Math.max(longest, historyLength);
      return shop.notifications.length >= 30 * 6;
    },
    { timeout: 90_000, interval: 50 },
  );
  await shop.handle.terminate();
  await ended;
  const { runId } = await shop.handle.describe();
  expect(runId).not.toBe(firstRun);
  expect(longest).toBeLessThan(2_000);
  const texts = new Set(shop.notifications.map(({ title }) => title));
  expect(texts.size).toBeGreaterThan(170);
}, 120_000);
