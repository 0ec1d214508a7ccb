import { describe, expect, it } from 'vitest';
import { chooseDrillTarget } from '../../../src/policies/backups/choose-drill.ts';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { at, contentsOf, rangeOf, setAt } from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');
const log = [rangeOf([1, 60], ['2026-11-29T09:00Z', '2026-11-29T12:00Z'])];
const set = setAt('2026-11-29T10:00Z', { label: 'set', segments: [10, 10] });
const judged = judgeSets({ contents: contentsOf([set], { wal: log }), entries: [], nowMs });
const last = () => 0.999_999;

describe('the target of a drill', () => {
  it('is before what the drill itself committed to the source', () => {
    const beforeMs = at('2026-11-29T11:30Z');
    const { target } = chooseDrillTarget(judged, last, beforeMs);
    expect(target).toMatchObject({ kind: 'time' });
    expect(typeof target === 'object' && target.kind === 'time' && target.atMs).toBeLessThanOrEqual(
      beforeMs,
    );
  });

  it('is before the newest set where nothing is marked: the end of the log may have no commit', () => {
    const newer = setAt('2026-11-29T11:00Z', { label: 'newer', segments: [30, 30] });
    const contents = contentsOf([set, newer], { wal: log });
    const both = judgeSets({ contents, entries: [], nowMs });
    const { target } = chooseDrillTarget(both, last);
    const atMs = typeof target === 'object' && target.kind === 'time' ? target.atMs : 0;
    expect(new Date(atMs).toISOString()).toBe('2026-11-29T10:59:59.000Z');
    expect(chooseDrillTarget(judged, last).target).toBe('now');
  });

  it('is now where nothing is promised before that', () => {
    expect(chooseDrillTarget(judged, last, at('2026-11-29T09:59Z')).target).toBe('now');
  });
});
