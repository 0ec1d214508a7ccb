import { describe, expect, it } from 'vitest';
import { worthCopying } from '../../../src/policies/backups/worth-copying.ts';
import { retentionSchema } from '../../../src/specs/backups/retention.ts';
import { component, contentsOf, dayMs, setAt } from './backup-sets.ts';

const nowMs = Date.parse('2026-11-29T12:00Z');
const sets = [40, 20, 2].map((day) => setAt(nowMs - day * dayMs, { label: `${day}` }));
const copied = { ...setAt(nowMs - dayMs, { label: 'copied' }), repository: 'cold' };
const contents = [contentsOf(sets), contentsOf([copied], { repository: 'cold' })];
const about = { component, to: 'cold', contents, entries: [], nowMs };

describe('what is worth copying to a second repository', () => {
  it('is all that it lacks where nothing expires there', () => {
    expect(worthCopying(sets, { ...about, retention: undefined })).toEqual(sets);
  });

  it('is only what its own retention would keep', () => {
    const retention = retentionSchema.parse({ age: '90d', repositories: { cold: { age: '30d' } } });
    const kept = worthCopying(sets, { ...about, retention });
    expect(kept.map(({ label }) => label)).toEqual(['20', '2']);
  });
});
