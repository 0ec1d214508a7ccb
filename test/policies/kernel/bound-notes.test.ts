import { expect, test } from 'vitest';
import { boundNotes } from '../../../src/policies/kernel/bound-notes.ts';

test('keeps the notes of a usual rollout as they are', () => {
  expect(boundNotes(['a first release', 'a skipped stage'])).toEqual([
    'a first release',
    'a skipped stage',
  ]);
});

test('keeps the first and the last of very many, each cut where it is very long', () => {
  const notes = Array.from({ length: 1_000 }, (_, i) => `${i} `.padEnd(50_000, 'x'));
  const kept = boundNotes(notes);
  expect(kept).toHaveLength(101);
  expect(kept.map((note) => note.slice(0, 4)).slice(48, 53)).toEqual([
    '48 x',
    '49 x',
    '900 ',
    '950 ',
    '951 ',
  ]);
  expect(kept[50]).toBe('900 more notes are left out here');
  expect(JSON.stringify(kept).length).toBeLessThan(110_000);
});
