import { describe, expect, it } from 'vitest';
import { chooseDrillTarget } from '../../../src/policies/backups/choose-drill.ts';
import { chooseSet } from '../../../src/policies/backups/choose-set.ts';
import { chooseSetType } from '../../../src/policies/backups/choose-set-type.ts';
import { judgeLateness } from '../../../src/policies/backups/judge-lateness.ts';
import { judgeNewest } from '../../../src/policies/backups/judge-newest.ts';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { missingCopies } from '../../../src/policies/backups/missing-copies.ts';
import { overviewsOf } from '../../../src/policies/backups/overview.ts';
import { recoveryWindows } from '../../../src/policies/backups/recovery-windows.ts';
import {
  component,
  contentsOf,
  dayMs,
  entryOf,
  hourMs,
  proven,
  safetyCopyAt,
  setAt,
} from './backup-sets.ts';
import { linesOf, nowMs, planOf } from './retention/planned.ts';

const backup = setAt(nowMs - 2 * dayMs, { label: 'backup' });
const safetyCopy = safetyCopyAt(nowMs - hourMs);
const contents = contentsOf([backup, safetyCopy]);
const judged = judgeSets({ contents, entries: [], nowMs });

describe('a safety copy of a restore in place', () => {
  const choose = (kind: 'latest' | 'set', label?: string) => {
    const named = label === undefined ? {} : { label };
    const choice = chooseSet({ repositories: [judged], target: { kind }, nowMs, ...named });
    return choice.ok ? choice.chosen.judged.set.label : choice.problem;
  };

  it('is not the newest set, and is restored where it is named', () => {
    expect(choose('latest')).toBe('backup');
    expect(choose('set')).toBe('backup');
    expect(choose('set', 'safety copy')).toBe('safety copy');
  });

  it('is not restored where it is damaged, also if it is named', () => {
    const failed = contentsOf([backup, { ...safetyCopy, error: 'is partial' }]);
    const repositories = [judgeSets({ contents: failed, entries: [], nowMs })];
    const request = { repositories, target: { kind: 'set' }, label: 'safety copy', nowMs } as const;
    expect(chooseSet(request)).toMatchObject({
      problem: expect.stringContaining('has failed: is partial') as string,
    });
  });

  it('is no backup: the plan is as late as it is without it', () => {
    const own = { ...component, repositories: ['main'] };
    const entries = [entryOf(backup), entryOf(safetyCopy, { proven: { ...proven, atMs: nowMs } })];
    const overviews = overviewsOf({
      entries: entries.map((entry) => ({ ...entry, component: own })),
      known: [],
      ...{ retentionOf: () => undefined, nowMs },
    });
    const expected = { restorableWithinMs: dayMs, provenWithinMs: dayMs, replicateTo: {} };
    const late = judgeLateness(overviews, { components: [own], ...expected }, nowMs);
    expect(late.map(({ kind }) => kind)).toEqual(['too-old', 'unproven']);
  });

  it('is not what a verification looks for', () => {
    const asked = { which: 'newest', maxAgeMs: dayMs, nowMs } as const;
    const { chosen, outdated } = judgeNewest(judged, asked);
    expect(chosen.map(({ set }) => set.label)).toEqual(['backup']);
    expect(outdated).toEqual([expect.stringContaining('is 2d old')]);
  });

  it('is no set to build on, to copy, to rehearse, or to go back to', () => {
    const later = { nowMs, fullEveryMs: 7 * dayMs };
    expect(chooseSetType('auto', [safetyCopy], later)).toMatchObject({ type: 'full' });
    const cold = contentsOf([], { repository: 'cold' });
    expect(missingCopies(judged, cold).map(({ label }) => label)).toEqual(['backup']);
    expect(chooseDrillTarget(judged, () => 0.3)).toMatchObject({ label: 'backup' });
    expect(recoveryWindows(judged).moments.map(({ label }) => label)).toEqual(['backup']);
  });

  it('expires by a rule of its own, and no other rule counts it', () => {
    const old = safetyCopyAt(nowMs - 8 * dayMs, { label: 'old safety copy' });
    const young = safetyCopyAt(nowMs - hourMs, { label: 'young safety copy' });
    const sets = contentsOf([old, backup, young]);
    expect(linesOf(planOf({ retention: { count: 1 }, contents: [sets] }))).toEqual([
      'old safety copy: expire: is a safety copy of a restore in place, and is older than 7d',
      'backup: keep: count: one of the newest 1; is the newest set that can be restored',
      'young safety copy: keep: is a safety copy of a restore in place, and is younger than 7d',
    ]);
    const retention = { count: 1, safetyCopies: '30d' };
    expect(linesOf(planOf({ retention, contents: [sets] }))[0]).toContain('younger than 30d');
  });
});
