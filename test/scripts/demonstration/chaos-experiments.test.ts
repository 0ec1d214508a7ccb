import { describe, expect, it } from 'vitest';
import {
  bothFreeze,
  oneCrashes,
  oneFreezes,
  oneFreezesForLonger,
  oneTrackIsLate,
  packetsAreLost,
  refused,
} from '../../../scripts/demonstration/chaos/experiments.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

describe('the experiments of the demonstration', () => {
  it.each([
    ...[oneFreezes, oneCrashes, bothFreeze, packetsAreLost, oneFreezesForLonger, oneTrackIsLate],
  ])('has no problem: $experiment', (spec) => {
    expect(resolveSpecOf('chaosExperiment', spec)).toMatchObject({ ok: true });
  });

  it('is refused with every problem at once where it is meant to be', () => {
    const resolved = resolveSpecOf('chaosExperiment', refused);
    const paths = resolved?.ok === false ? resolved.problems.map(({ path }) => path) : [];
    expect(paths.toSorted()).toEqual([
      'blastRadius.count',
      'duration',
      'experiment',
      'fault.intensity',
      'hypothesis.answers.atMost',
      'stopConditions[0].metric',
      'target',
      'target.agents[1]',
    ]);
  });
});
