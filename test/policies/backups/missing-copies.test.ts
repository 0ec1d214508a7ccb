import { describe, expect, it } from 'vitest';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { missingCopies } from '../../../src/policies/backups/missing-copies.ts';
import { at, contentsOf, damaged, entryOf, rangeOf, setAt } from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');
const wal = [rangeOf([1, 60], ['2026-11-22T00:00Z', '2026-11-28T06:30Z'])];

describe('what a second repository lacks', () => {
  it('are the sets without a copy; damaged ones are not carried on', () => {
    const sets = [1, 2, 3].map((day) => setAt(`2026-11-2${day}T02:00Z`, { label: `day ${day}` }));
    const entries = [entryOf(sets[2]!, { damaged })];
    const from = judgeSets({ contents: contentsOf(sets), entries, nowMs });
    const copy = { ...sets[0]!, label: 'copy', repository: 'offsite' };
    const to = contentsOf([copy], { repository: 'offsite' });
    expect(missingCopies(from, to).map(({ label }) => label)).toEqual(['day 2']);
  });

  it('is one set where there is a log, since a new one stands for all that are older', () => {
    const sets = [3, 4].map((day) =>
      setAt(`2026-11-2${day}T02:00Z`, { label: `day ${day}`, segments: [10 * day, 10 * day] }),
    );
    const from = judgeSets({ contents: contentsOf(sets, { wal }), entries: [], nowMs });
    const to = contentsOf([], { repository: 'offsite', wal });
    expect(missingCopies(from, to).map(({ label }) => label)).toEqual(['day 4']);
    const made = setAt('2026-11-24T03:00Z', { repository: 'offsite', segments: [41, 41] });
    expect(missingCopies(from, { ...to, sets: [made] })).toEqual([]);
    expect(missingCopies(from, { ...to, sets: [{ ...made, error: 'aborted' }] })).toHaveLength(1);
  });
});
