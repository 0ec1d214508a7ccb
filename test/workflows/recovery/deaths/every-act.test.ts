import { afterAll, describe, expect, it } from 'vitest';
import { isChosenKind, sweepScenario } from '../../../e2e/crash/chosen-strikes.ts';
import { differences } from '../../../e2e/crash/end-state.ts';
import { StruckTable } from '../../../e2e/crash/struck-table.ts';
import { spread } from '../../../e2e/crash/sweep.ts';
import { ofRecovery } from './scenarios-of-recovery.ts';
import { StruckStage } from './struck-stage.ts';

const limitMs = 4 * 60 * 60_000;
const sampledPlaces = 2;
/** One for each family of kinds. */
const sample = [
  ...['failover-from-a-server-that-has-ended', 'region-failback'],
  ...['point-in-time-that-is-swapped-in', 'playbook-that-is-undone', 'incident-that-is-resolved'],
];
const chosen = Object.entries(ofRecovery).filter(([name]) =>
  isChosenKind(name, sample.includes(name)),
);

describe('a recovery in which whoever carries out an act dies', () => {
  const table = new StruckTable();

  afterAll(() => {
    table.close();
  });

  it.each(chosen)(
    'ends the same, before the act and after it, and wherever its history has to be read again: %s',
    { timeout: limitMs },
    async (scenario, story) => {
      const stage = new StruckStage(story);
      const forgetful = new StruckStage(story, { maxCachedWorkflows: 0 });
      try {
        const usual = await stage.play();
        const remembered = await forgetful.play();
        await forgetful.close();
        const found = differences(usual.done, remembered.done);
        const all = usual.passed.map((place) => ({ victim: 'act', place }));
        await sweepScenario(table, {
          ...{ scenario, all, sampleOf: (each) => spread(each, sampledPlaces) },
          strike: async ({ victim, place }) => {
            const beganAtMs = performance.now();
            const { reached, outcome, done } = await stage.play(place).catch((error: unknown) => ({
              reached: false,
              outcome: 'none',
              done: { error: String(error) },
            }));
            const differs = differences(usual.done, done);
            if (differs.length > 0) found.push(`${place}: ${differs.join('; ')}`);
            const seconds = (performance.now() - beganAtMs) / 1_000;
            return { scenario, victim, place, reached, outcome, differences: differs, seconds };
          },
        });
        expect(found).toEqual([]);
      } finally {
        await forgetful.close();
        await stage.close();
      }
    },
  );
});
