import { describe, expect, it } from 'vitest';
import { held } from '../../../fixtures/scripted-activities.ts';
import { canarySpec, ScriptedRollouts } from '../../../fixtures/scripted-rollouts.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

describe('a hold that has shown before its end that the release is good', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it('is over, and the next stage begins', async () => {
    const early = held('pass', { atDeadline: false });
    const shop = rollouts().service().script('watchHold', early, early);
    const stages = [5, 50].map((weight) => ({ weight, hold: '1h' }));
    const run = await rollouts().start(shop, { ...canarySpec, stages });
    const { outcome, startedAtMs, endedAtMs } = await run.report();
    expect(outcome).toBe('Promoted');
    expect(shop.watches.map(({ weight }) => weight)).toEqual([5, 50]);
    expect(endedAtMs - startedAtMs).toBeLessThan(30 * 60_000);
  });
});
