import { describe, expect, it } from 'vitest';
import { earliestState } from '../../../../src/adapters/pgbackrest/search/earliest-state.ts';

const commits = ['0/3000100', '0/3000200', '0/3000300'].map((lsn, index) => ({
  ...{ lsn, xid: String(730 + index), at: '2026-11-29T15:37:44Z', rows: {}, drops: [] },
}));
const log = { commits, oneWay: [] };

describe('the earliest state of a copy', () => {
  it.each([
    ['is that of the set where nothing was written since', '0/3000080', 0],
    ['is before a commit where what is on disk ends there', '0/3000200', 1],
    ['is after a commit where something later is on disk', '0/3000201', 2],
    ['is the end of the log where that is on disk', '0/3000380', 3],
    ['is that of the set where nothing is known', undefined, 0],
  ])('%s', (_, minRecoveryLsn, state) => {
    expect(earliestState(log, { isFresh: false, minRecoveryLsn })).toBe(state);
  });

  it('is the first one whose replay ends after what is on disk', () => {
    const [first, ...others] = commits;
    const read = { ...log, commits: [{ ...first!, nextLsn: '0/3000120' }, ...others] };
    const onDisk = (minRecoveryLsn: string) => ({ isFresh: false, minRecoveryLsn });
    expect(earliestState(read, onDisk('0/3000120'))).toBe(1);
    expect(earliestState(read, onDisk('0/3000180'))).toBe(2);
  });

  it('is that of the set where it was never started', () => {
    const oneWay = ['0/3000150'];
    expect(earliestState({ ...log, oneWay }, { isFresh: true, minRecoveryLsn: '0/0' })).toBe(0);
  });

  it('is after a change of files that it may have replayed', () => {
    const changed = { ...log, oneWay: ['0/3000150', '0/3000250'] };
    const onDisk = { isFresh: false, minRecoveryLsn: '0/3000080' };
    expect(earliestState(changed, onDisk)).toBe(2);
    expect(earliestState(changed, { ...onDisk, bad: 1 })).toBe(1);
    expect(earliestState({ ...log, oneWay: ['0/3000250'] }, { ...onDisk, bad: 1 })).toBe(0);
  });
});
