import { expect, it } from 'vitest';
import { judgeTurn } from '../../../../src/policies/chaos/campaigns/judge-turn.ts';
import {
  lengthOf,
  planOccurrences,
} from '../../../../src/policies/chaos/campaigns/plan-occurrences.ts';
import { judgeCampaign } from '../../../../src/specs/chaos/judge-campaign.ts';
import type { CampaignExperiment } from '../../../../src/specs/chaos/campaign-spec.ts';
import { campaignEntry } from '../../../fixtures/campaign-entry.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const lastsMs = 24 * hourMs;

interface Took {
  index: number;
  dueMs: number;
  beganMs: number;
  endedMs: number;
}

/** A day in which each experiment takes its time and recovers for a while, as `recoverMs` says. */
function live(
  experiments: readonly CampaignExperiment[],
  pauseMs: number,
  recoverMs: () => number,
): { took: Took[]; missed: number } {
  const took: Took[] = [];
  let [nowMs, notBeforeMs, missed] = [0, 0, 0];
  for (const occurrence of planOccurrences({ experiments: [...experiments], pauseMs, lastsMs })) {
    const entry = experiments[occurrence.index];
    if (entry === undefined) throw new Error('there is no such experiment');
    const lengthMs = lengthOf(entry);
    const facts = { occurrence, lengthMs, sinceMs: 0, lastsMs, notBeforeMs };
    let turn = judgeTurn(facts, nowMs);
    if (turn.kind === 'wait') {
      nowMs = turn.untilMs;
      turn = judgeTurn(facts, nowMs);
    }
    if (turn.kind === 'missed') {
      missed += 1;
      continue;
    }
    expect(turn.kind).toBe('go');
    const beganMs = nowMs;
    nowMs += lengthMs + recoverMs();
    notBeforeMs = nowMs + pauseMs;
    took.push({ index: occurrence.index, dueMs: occurrence.dueMs, beganMs, endedMs: nowMs });
  }
  return { took, missed };
}

/** The same numbers every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

it('100 campaigns of a day have every experiment as soon as it may, and none beside another', () => {
  let accepted = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const below = numbers(seed);
    const pauseMs = below(10) * minuteMs;
    const experiments = Array.from({ length: 1 + below(5) }, (_, index) => {
      const repeats = below(3) > 0 && { repeatEveryMs: (30 + below(360)) * minuteMs };
      return campaignEntry(`e-${index}`, minuteMs + below(20) * minuteMs, repeats || {});
    });
    const given = { experiments, pause: pauseMs, lasts: lastsMs };
    if (judgeCampaign(given, false).length > 0) continue;
    accepted += 1;
    const { took, missed } = live(experiments, pauseMs, () => below(5 * minuteMs));
    const { length } = planOccurrences({ experiments, pauseMs, lastsMs });
    expect(took.length + missed).toBe(length);
    took.forEach(({ dueMs, beganMs }, index) => {
      const before = took[index - 1];
      const freeMs = before === undefined ? 0 : before.endedMs + pauseMs;
      expect(beganMs).toBe(Math.max(dueMs, freeMs));
    });
  }
  expect(accepted).toBeGreaterThan(40);
});

it('a day of the usual four misses none, and each begins within the time of another', () => {
  const experiments = [
    campaignEntry('kill', minuteMs, { repeatEveryMs: 2 * hourMs }),
    campaignEntry('slow', 5.5 * minuteMs, { repeatEveryMs: 24 * hourMs }),
    campaignEntry('busy', 10.5 * minuteMs),
    campaignEntry('split', 2.5 * minuteMs),
  ];
  const { took, missed } = live(experiments, 5 * minuteMs, () => 5 * minuteMs);
  expect([took.length, missed]).toEqual([15, 0]);
  const latest = Math.max(...took.map(({ dueMs, beganMs }) => beganMs - dueMs));
  expect(latest).toBeLessThanOrEqual(15.5 * minuteMs);
});
