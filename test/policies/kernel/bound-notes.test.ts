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

test('counts on where notes were added to what was kept', () => {
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => String(from + i));
  const once = boundNotes(numbered(0, 1_000));
  const bit = boundNotes([...once, ...numbered(1_000, 1_010)]);
  const again = boundNotes([...bit, ...numbered(1_010, 2_000)]);
  expect(again).toEqual(boundNotes(numbered(0, 2_000)));
  expect(boundNotes(again)).toEqual(again);
  expect(again[50]).toBe('1900 more notes are left out here');
});
