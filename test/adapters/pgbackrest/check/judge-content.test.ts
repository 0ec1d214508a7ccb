import { describe, expect, test } from 'vitest';
import {
  judgeFiles,
  judgeManifests,
} from '../../../../src/adapters/pgbackrest/check/check-manifests.ts';
import { chooseSample } from '../../../../src/adapters/pgbackrest/check/choose-sample.ts';
import { judgeLog, splitByPosition } from '../../../../src/adapters/pgbackrest/check/judge-log.ts';
import { parseManifest } from '../../../../src/adapters/pgbackrest/repository/manifest.ts';
import { usualSegmentBytes } from '../../../../src/adapters/pgbackrest/wal/segments.ts';
import { archiveOf, exampleSet, nameOf, upTo } from '../example-set.ts';
import { recorded } from '../recorded.ts';

const manifest = parseManifest(recorded('backup.manifest'))!;
const label = manifest.label;

describe('manifests', () => {
  test('have to be there twice, whole, and about this set', () => {
    const name = 'backup.manifest';
    expect(judgeManifests(label, [{ name, manifest }])).toEqual([]);
    const spoiled = [
      { name },
      { name, missing: 'cannot be read' },
      { name, manifest: { ...manifest, intact: false } },
      { name, manifest: { ...manifest, label: 'another' } },
    ];
    expect(judgeManifests(label, spoiled).map(({ what }) => what)).toEqual([
      'is not a manifest',
      'cannot be read',
      'differs from its own checksum',
      'is the manifest of another set: another',
    ]);
  });
});

describe('files', () => {
  const listed = manifest.files.map(({ set, name, storedBytes }) => ({
    ...{ path: `${set}/${name}.lz4`, bytes: storedBytes, atMs: 0 },
  }));

  test('are in their place and of their size', () => {
    expect(judgeFiles(manifest, listed)).toEqual([]);
    const spoiled = listed
      .slice(1)
      .map((file, index) => (index === 0 ? { ...file, bytes: 1 } : file));
    expect(judgeFiles(manifest, spoiled)).toEqual([
      { where: '20261129-074632F/pg_data/PG_VERSION.lz4', what: 'is missing' },
      { where: `${label}/pg_data/backup_label.lz4`, what: 'has 1 bytes instead of 225' },
    ]);
  });

  test('are sampled by bytes, the same ones for the same act and others for another', () => {
    const all = chooseSample(manifest, { percent: 100, seed: 'a' });
    expect(all).toHaveLength(7);
    expect(chooseSample(manifest, { percent: 100, seed: 'a' })).toEqual(all);
    expect(chooseSample(manifest, { percent: 1, seed: 'a' })?.length).toBeLessThan(7);
    const firsts = upTo(1, 20).map(
      (seed) => chooseSample(manifest, { percent: 1, seed: String(seed) })?.[0]?.path,
    );
    expect(new Set(firsts).size).toBeGreaterThan(2);
  });

  test('in bundles, or without the checksum of what is stored, cannot be sampled', () => {
    const [first, ...rest] = manifest.files;
    const { storedChecksum: _gone, ...without } = first!;
    for (const file of [{ ...first!, bundled: true }, without]) {
      const other = { ...manifest, files: [file, ...rest] };
      expect(chooseSample(other, { percent: 1, seed: 'a' })).toBeUndefined();
    }
  });
});

describe('the log of a set', () => {
  const set = exampleSet('F', { from: 3, to: 4 });
  const judge = (...numbers: number[]) => judgeLog(set, archiveOf(numbers), usualSegmentBytes);

  test('reaches from its beginning to the newest segment', () => {
    expect(judge(...upTo(1, 9))).toEqual([]);
  });

  test('that lacks a segment of the set itself makes it worthless', () => {
    expect(judge(1, 2, 3, 5, 6)).toEqual([
      { where: nameOf(4), what: 'is missing: the set cannot be restored' },
    ]);
    expect(judge(1, 2)).toHaveLength(2);
  });

  test('that lacks a later one ends before it', () => {
    expect(judge(3, 4, 5, 7)).toEqual([
      { where: nameOf(6), what: 'is missing: a restore of this set ends before it' },
    ]);
  });

  test('leaves a set sound that ends before what is wrong with the log', () => {
    const damage = [
      ...judge(3, 4, 5, 7),
      { where: 'F/pg_data/base/1/2', what: 'invalid checksum' },
    ];
    expect(splitByPosition(set, damage)).toEqual({
      own: [{ where: 'F/pg_data/base/1/2', what: 'invalid checksum' }],
      later: [{ where: nameOf(6), what: 'is missing: a restore of this set ends before it' }],
    });
    expect(splitByPosition(set, judge(1, 2, 3, 5)).own).toHaveLength(1);
  });

  test('is not judged by what is before it', () => {
    expect(judge(1, 3, 4)).toEqual([]);
  });
});
