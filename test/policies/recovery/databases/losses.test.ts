import { describe, expect, it } from 'vitest';
import { bytesBetween, compareLsn } from '../../../../src/policies/recovery/databases/lsn.ts';
import {
  coversLoss,
  predictLoss,
  refuseLoss,
} from '../../../../src/policies/recovery/databases/predict-loss.ts';
import { requiredAnswers } from '../../../../src/policies/recovery/databases/synchronous.ts';

describe('positions in the log', () => {
  it('are compared as numbers, also beyond four gigabytes', () => {
    expect(compareLsn('1/0', '0/FFFFFFFF')).toBe(1);
    expect(bytesBetween('0/FFFFFFFF', '1/0')).toBe(1);
    expect(bytesBetween('1/0', '0/FFFFFFFF')).toBe(0);
  });

  it('that are unknown are never a number', () => {
    expect(bytesBetween(undefined, '0/1')).toBeUndefined();
    expect(bytesBetween('0/1', 'nonsense')).toBeUndefined();
    expect(compareLsn(undefined, '0/0')).toBe(-1);
  });
});

describe('a loss', () => {
  const basis = { receivedLsn: '0/100', knownBy: 'db-1', isEnd: true, primaryLsn: '0/300' };

  it('is what the primary had written and the standby has not received', () => {
    const times = { replayedUntilMs: 1_000, aliveUntilMs: 3_500 };
    expect(predictLoss({ ...basis, ...times })).toMatchObject({ bytes: 512, ms: 2_500 });
  });

  it('is nothing where all of it was received, however long ago the last commit was', () => {
    const idle = { primaryLsn: '0/100', replayedUntilMs: 0, aliveUntilMs: 9_999_999 };
    expect(predictLoss({ ...basis, ...idle })).toMatchObject({ bytes: 0, ms: 0 });
  });

  it('that was measured is not taken back because commits waited for a standby', () => {
    const named = { ...basis, synchronousStandbys: 'ANY 1 (db-2, db-3)' };
    expect(predictLoss(named)).toMatchObject({ bytes: 512 });
    expect(predictLoss({ ...named, isEnd: false })).toMatchObject({ bytes: 0, ms: 0 });
  });

  it.each(['*', 'ANY 1 (*)', 'FIRST 1 (db-2, *)'])(
    'is unknown where %s lets what is no node of the plan acknowledge commits',
    (synchronousStandbys) => {
      const loss = predictLoss({ ...basis, isEnd: false, synchronousStandbys });
      expect(loss).toMatchObject({ bytes: 512, atLeast: true });
      expect(loss.from).toContain('synchronous_standby_names is');
      const unseen = { receivedLsn: '0/100', knownBy: 'nobody', isEnd: false, synchronousStandbys };
      expect(predictLoss(unseen).bytes).toBeUndefined();
    },
  );

  it('that nobody can tell is never within what may be lost', () => {
    const loss = predictLoss({ receivedLsn: '0/100', knownBy: 'nobody', isEnd: false });
    expect(loss.bytes).toBeUndefined();
    expect(refuseLoss(loss, { bytes: Number.MAX_SAFE_INTEGER, ms: 1e12 })).toBe(
      'nobody can say how much would be lost',
    );
  });

  it('is never within what may be lost where the end of the log was only seen before', () => {
    const loss = predictLoss({ ...basis, isEnd: false, primaryLsn: '0/100' });
    expect(refuseLoss(loss, { bytes: 1_000_000, ms: 0 })).toBe(
      'nobody can say how much would be lost: at least 0 bytes of log',
    );
  });

  it('is within what may be lost by its bytes, or by its time', () => {
    const loss = { bytes: 512, ms: 2_500, from: '' };
    expect(refuseLoss(loss, { bytes: 512, ms: 0 })).toBeUndefined();
    expect(refuseLoss(loss, { bytes: 0, ms: 3_000 })).toBeUndefined();
    expect(refuseLoss(loss, { bytes: 511, ms: 2_000 })).toBe(
      '512 bytes of log (up to 2.5s) would be lost, and 511 bytes or 2s may be',
    );
  });
});

describe('a loss that a person has approved', () => {
  const of = (loss: object) => ({ from: '', ...loss });
  it.each([
    ['fewer bytes', { bytes: 12 }, { bytes: 11 }, true],
    ['more bytes', { bytes: 12 }, { bytes: 13 }, false],
    ['as many bytes or more', { bytes: 12 }, { bytes: 12, atLeast: true }, false],
    ['what may still be more', { bytes: 12, atLeast: true }, { bytes: 12, atLeast: true }, true],
    ['what nobody knows', { bytes: 12 }, {}, false],
    ['whatever comes of what nobody knew', {}, { bytes: 13 }, true],
  ])('covers %s: %j covers %j is %s', (_, approved, now, covers) => {
    expect(coversLoss(of(approved), of(now))).toBe(covers);
  });
});

describe('synchronous standbys', () => {
  const all = ['db-2', 'db-3', 'db-4'];
  it.each<[string, string[], boolean]>([
    ['', [], true],
    ['db-2', ['db-2'], true],
    ['db-2', ['db-3', 'db-4'], false],
    ['ANY 1 (db-2, db-3, db-4)', ['db-2', 'db-3'], false],
    ['ANY 1 (db-2, db-3, db-4)', all, true],
    ['ANY 2 ("db-2", "db-3", "db-4")', ['db-2', 'db-4'], true],
    ['FIRST 1 (db-2, db-3)', ['db-3'], false],
    ['*', ['db-2', 'db-3'], false],
    ['ANY 1 (db-1, db-2, db-3)', ['db-2', 'db-3'], true],
  ])('%j are enough with the answers of %j: %s', (written, answering, isEnough) => {
    expect(requiredAnswers(written, all, { answering, primary: 'db-1' }) === undefined).toBe(
      isEnough,
    );
  });
});
