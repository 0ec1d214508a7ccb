import { describe, expect, it } from 'vitest';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../src/contracts/backups/catalogue.ts';
import { compareCatalogue } from '../../../src/policies/backups/compare-catalogue.ts';
import {
  at,
  component,
  contentsOf,
  dayMs,
  entryOf,
  plan,
  proven,
  setAt,
  verified,
} from './backup-sets.ts';

const set = setAt('2026-11-23T02:00Z', { label: 'monday' });
const readAtMs = at('2026-11-25T00:00Z');

function compare(known: readonly CatalogueEntry[], there: readonly BackupSet[], atMs = readAtMs) {
  const { differences, changes } = compareCatalogue({
    ...{ plan, component, runRef: 'run@2' },
    contents: contentsOf(there, { readAtMs: atMs }),
    entries: known.map((entry) => ({ entry, version: 1 })),
  });
  return {
    differences: differences.map(({ kind, detail }) => `${kind}: ${detail}`),
    after: changes.map(({ after }) => after),
  };
}

describe('the catalogue, compared with the repository', () => {
  it('agrees where nothing has changed', () => {
    expect(compare([entryOf(set, { verified })], [set])).toEqual({ differences: [], after: [] });
  });

  it('takes over a set that it did not know, and does not report one that this run has made', () => {
    expect(compare([], [set]).differences).toEqual([
      'unknown: was made 2026-11-23 02:00:00Z by backup/prod/shop@1/made, and was not in the catalogue',
    ]);
    const made = compare([], [{ ...set, madeBy: 'run@2/make' }]);
    expect(made.differences).toEqual([]);
    expect(made.after).toHaveLength(1);
  });

  it('says nothing of a set that was proven where it is another one now', () => {
    const other = { ...set, madeBy: 'backup/prod/shop@9/made', startedAtMs: set.startedAtMs + 1 };
    const { differences, after } = compare([entryOf(set, { verified, proven })], [other]);
    expect(differences).toEqual([
      expect.stringMatching(
        /^changed: startedAtMs was \d+ and is \d+, madeBy was backup\/prod\/shop@1\/made and is backup\/prod\/shop@9\/made: it is another set$/,
      ),
    ]);
    expect(after).toEqual([
      { ...entryOf(other), firstSeen: { atMs: readAtMs, runRef: 'run@2' }, component },
    ]);
  });

  it('reports a set that has failed since, and keeps what was known of it', () => {
    const failed = { ...set, error: 'page checksum' };
    const { differences, after } = compare([entryOf(set, { verified })], [failed]);
    expect(differences).toEqual(['changed: has failed: page checksum']);
    expect(after).toMatchObject([{ verified, set: { error: 'page checksum' } }]);
  });

  it('marks a set as missing that nobody of ours has expired, and reports it once', () => {
    const { differences, after } = compare([entryOf(set)], []);
    expect(differences).toEqual([
      'missing: was made 2026-11-23 02:00:00Z, and is not in the repository any more; nobody of ours has expired it',
    ]);
    expect(after).toMatchObject([{ missing: { atMs: readAtMs, runRef: 'run@2' } }]);
    const told = entryOf(set, { missing: { atMs: readAtMs, runRef: 'run@1' } });
    expect(compare([told], []).differences).toEqual([]);
    const expired = entryOf(set, { expired: { atMs: 1, runRef: 'run@1', why: 'old' } });
    expect(compare([expired], []).differences).toEqual([]);
  });

  it('marks nothing as missing by a reading from before the set was made', () => {
    expect(compare([entryOf(set)], [], set.stoppedAtMs - 1)).toEqual({
      differences: [],
      after: [],
    });
  });

  it('has a set again that was missing or had expired, by a later reading alone', () => {
    const missing = entryOf(set, { missing: { atMs: readAtMs, runRef: 'run@1' } });
    const { differences, after } = compare([missing], [set], readAtMs + dayMs);
    expect(differences).toEqual([
      'changed: was missing at 2026-11-25 00:00:00Z, and is there again',
    ]);
    expect(after).toEqual([entryOf(set)]);
    const late = compare([missing], [set], readAtMs - 1);
    expect(late.differences).toEqual([]);
    expect(late.after).toMatchObject([{ missing: { atMs: readAtMs } }]);
  });
});
