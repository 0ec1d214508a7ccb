import { expect, it } from 'vitest';
import type { OwnHarm } from '../../src/policies/chaos/tracks/judge-front.ts';
import { HarmMeter } from '../../src/track-front/harm-meter.ts';

it('a process that does not come to its work says for how long requests had to wait', async () => {
  const told: OwnHarm[] = [];
  const meter = new HarmMeter(2_000, (harm) => told.push(harm));
  meter.count(true);
  meter.count(false);
  const untilMs = performance.now() + 600;
  while (performance.now() < untilMs);
  await expect.poll(() => told.length).toBeGreaterThan(0);
  meter.stop();
  expect(told[0]).toMatchObject({ forMs: 2_000, requests: 2, unanswered: 1 });
  expect(told[0]?.stalledMs).toBeGreaterThan(400);
  expect(told[0]?.busyMs).toBeGreaterThan(400);
});
