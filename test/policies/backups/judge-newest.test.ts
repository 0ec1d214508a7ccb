import { describe, expect, it } from 'vitest';
import { judgeNewest } from '../../../src/policies/backups/judge-newest.ts';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { at, contentsOf, rangeOf, setAt } from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');

describe('the newest set', () => {
  it('is none to rely on where the archive lacks log of its own', () => {
    const set = setAt('2026-11-29T10:00Z', { label: 'set', segments: [70, 70] });
    const wal = [rangeOf([1, 60], ['2026-11-29T09:00Z', '2026-11-29T12:00Z'])];
    const judged = judgeSets({ contents: contentsOf([set], { wal }), entries: [], nowMs });
    const { chosen, unusable, outdated } = judgeNewest(judged, {
      ...({ which: 'newest', maxAgeMs: 86_400_000 } as const),
      nowMs,
    });
    expect(chosen).toHaveLength(1);
    expect(unusable).toEqual([expect.stringContaining('lacks WAL of its own')]);
    expect(outdated).toEqual([]);
  });
});
