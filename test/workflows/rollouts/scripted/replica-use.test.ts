import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  canarySpec,
  longestStartMs,
  ScriptedRollouts,
} from '../../../fixtures/scripted-rollouts.ts';

let rollouts: ScriptedRollouts;

beforeAll(async () => {
  rollouts = await ScriptedRollouts.start();
}, longestStartMs);

afterAll(() => rollouts.stop());

it('the report of a canary says how many replicas ran beside stable, and that they are gone', async () => {
  const shop = rollouts.service();
  const stages = [50].map((weight) => ({ weight, hold: '1m' }));
  const run = await rollouts.start(shop, { ...canarySpec, stages });
  const { details } = await run.report();
  const { steady, extra = [] } = details.replicaUse ?? {};
  expect(steady).toBeGreaterThan(0);
  expect(extra[0]?.replicas).toBeGreaterThan(0);
  expect(extra.at(-1)?.replicas).toBe(0);
  const times = extra.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});
