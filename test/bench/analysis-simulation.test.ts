import { expect, it } from 'vitest';
import { changing, type ChangingName } from '../../bench/analysis/changing-scenarios.ts';
import { errorFactors } from '../../bench/analysis/error-chain.ts';
import { drawLatencies } from '../../bench/analysis/latencies.ts';
import { playRollout } from '../../bench/analysis/play-rollout.ts';
import { confidenceInterval } from '../../bench/analysis/proportion.ts';
import { seeded } from '../../bench/analysis/random.ts';
import type { RuleName } from '../../bench/analysis/rules.ts';
import type { ScenarioName } from '../../bench/analysis/scenarios.ts';

const releases: { scenario: ScenarioName; ratio: number }[] = [
  { scenario: 'steady', ratio: 1 },
  { scenario: 'steady', ratio: 3 },
  { scenario: 'slow requests', ratio: 1 },
  { scenario: 'slow requests', ratio: 5 },
  { scenario: 'incidents that both tracks share', ratio: 1 },
  { scenario: 'spells of errors of one track', ratio: 1 },
];
const seeds = [1, 2];

const playAll = (rule: RuleName) =>
  releases.flatMap((release) =>
    seeds.map((seed) => playRollout({ rule, base: 0.005, ...release }, seed)),
  );

it('ends a simulated rollout exactly where Belay itself, fed with counters, would end it', () => {
  expect(playAll('sequential')).toEqual(playAll('sequential, by pods'));
  expect(playAll('sequential, bursts: true')).toEqual(playAll('sequential, by pods, bursts: true'));
});

it.each(Object.keys(changing) as ChangingName[])('ends a hold as Belay would: %s', (name) => {
  const play = (rule: RuleName) => seeds.map((seed) => playRollout({ rule, changing: name }, seed));
  expect(play('sequential')).toEqual(play('sequential, by pods'));
});

it('aborts the same rollouts where only aborts are of interest', () => {
  const aborts = (rule: RuleName) =>
    playAll(rule).map((played) => (played.outcome === 'rejected' ? played : 'goes on'));
  expect(aborts('sequential, aborts alone')).toEqual(aborts('sequential'));
});

it('fails as many requests in spells as it would without them', () => {
  const seconds = 400_000;
  const factors = errorFactors(seeded(1), seconds, { spellS: 5, share: 0.1, factor: 5.5 });
  const mean = factors.reduce((sum, factor) => sum + factor, 0) / seconds;
  expect(mean).toBeCloseTo(1, 1);
  expect(factors.filter((factor) => factor > 1).length / seconds).toBeCloseTo(0.1, 2);
});

it('counts the given share of slow requests in its latencies', () => {
  const total = 400_000;
  const { boundsMs, counts } = drawLatencies(seeded(1), total, 0.01);
  expect(1 - (counts[boundsMs.indexOf(500)] ?? 0) / total).toBeCloseTo(0.01, 3);
  expect(counts).toEqual(counts.toSorted((one, other) => one - other));
  expect(counts.at(-1)).toBe(total);
});

it('gives the interval of a share that was seen in few rollouts', () => {
  const { low, high } = confidenceInterval({ count: 1, of: 100 });
  expect(low).toBeCloseTo(0.0018, 4);
  expect(high).toBeCloseTo(0.0545, 4);
});
