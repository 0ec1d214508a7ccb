import { describe, expect, it } from 'vitest';
import type { HoldOutcome } from '../../../../src/contracts/rollouts/hold.ts';
import {
  noEvidence,
  recordCounts,
} from '../../../../src/policies/kernel/sequential/weigh-evidence.ts';
import { held } from '../../../fixtures/scripted-activities.ts';
import { canarySpec, ScriptedRollouts } from '../../../fixtures/scripted-rollouts.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const shown = recordCounts(
  noEvidence,
  { canary: { total: 200, bad: 2 }, stable: { total: 800, bad: 2 } },
  { tolerance: 1, objective: 0.01, effect: 5, bursts: false, looks: 5 },
);

function outcomeWith(evidence: HoldOutcome['progress']['evidence']): HoldOutcome {
  const passed = held('pass');
  return { ...passed, progress: { ...passed.progress, ...(evidence && { evidence }) } };
}

describe('what the stages of a rollout have shown', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it('is known to the next one, metric by metric, also where a stage in between had no data', async () => {
    const shop = rollouts()
      .service()
      .script(
        'watchHold',
        outcomeWith({ p99: shown }),
        outcomeWith(undefined),
        outcomeWith({ errors: shown }),
        outcomeWith(undefined),
      );
    const stages = [5, 20, 50, 80].map((weight) => ({ weight, hold: '50ms' }));
    const run = await rollouts().start(shop, { ...canarySpec, stages });
    expect((await run.report()).outcome).toBe('Promoted');
    expect(shop.watches.map(({ earlier }) => earlier)).toEqual([
      undefined,
      { p99: shown },
      { p99: shown },
      { p99: shown, errors: shown },
    ]);
  });
});
