import { describe, expect, test } from 'vitest';
import { readCopyLog } from '../../../../src/adapters/pgbackrest/copies/copy-log.ts';
import {
  judgeCopy,
  type CopyEvidence,
} from '../../../../src/adapters/pgbackrest/copies/judge-copy.ts';
import { usualSegmentBytes } from '../../../../src/adapters/pgbackrest/wal/segments.ts';
import { nameOf } from '../example-set.ts';

const started =
  '2026-11-29 07:50:17.969 UTC [11071] postmaster LOG:  starting PostgreSQL 15.18 on x86_64-pc-linux-gnu';
const recovering =
  '2026-11-29 07:50:17.994 UTC [11075] startup LOG:  starting point-in-time recovery to 2026-12-29 00:00:00+00';
const tooEarly =
  '2026-11-29 07:50:26.503 UTC [11603] client backend FATAL:  the database system is not accepting connections';
const beyond = [
  '2026-11-29 07:50:18.115 UTC [11075] startup LOG:  last completed transaction was at log time 2026-11-29 07:47:53.872131+00',
  '2026-11-29 07:50:18.115 UTC [11075] startup FATAL:  recovery ended before configured recovery target was reached',
  '2026-11-29 07:50:18.126 UTC [11071] postmaster LOG:  startup process (PID 11075) exited with exit code 1',
  '2026-11-29 07:50:18.136 UTC [11071] postmaster LOG:  database system is shut down',
];
const down = '2026-11-29 07:50:36.277 UTC [12160] postmaster LOG:  database system is shut down';

const record: CopyEvidence['record'] = {
  segmentBytes: usualSegmentBytes,
};
const answer = {
  inRecovery: false,
  timeline: 2,
  replayedUntilMs: 1_795_938_471_638,
  replayedLsn: '0/F070BB0',
};

const judge = (lines: readonly string[], changes: Partial<CopyEvidence> = {}) =>
  judgeCopy({ record, log: readCopyLog(lines.join('\n')), hasPid: true, ...changes });

describe('the server of a copy', () => {
  test('that has said nothing yet, starts', () => {
    expect(judge([], { hasPid: false }).state).toBe('starting');
    expect(judge([started]).state).toBe('starting');
  });

  test('recovers, and clients that come too early change nothing', () => {
    expect(judge([started, recovering, tooEarly])).toMatchObject({ state: 'recovering' });
  });

  test('that ended before its target failed, although its starter said "server started"', () => {
    expect(judge([started, recovering, ...beyond], { hasPid: false })).toEqual({
      state: 'failed',
      detail:
        'recovery ended before configured recovery target was reached; its last transaction was at 2026-11-29 07:47:53.872131+00',
    });
  });

  test('is promoted once it answers that it is, with the timeline of its log', () => {
    expect(judge([started, recovering], { answer })).toMatchObject({
      state: 'promoted',
      timeline: 2,
      replayedUntilMs: 1_795_938_471_638,
    });
  });

  test('is not promoted while it recovers, whatever it answers', () => {
    const early = { ...answer, inRecovery: true };
    expect(judge([started, recovering], { answer: early }).state).toBe('recovering');
  });

  test('that promoted before the end of the log failed: a segment that cannot be fetched looks like the end', () => {
    const short = { ...record, reaches: nameOf(0x10) };
    expect(judge([started, recovering], { answer, record: short })).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining(`before segment ${nameOf(0x10)}`) as unknown,
    });
    const whole = { ...record, reaches: nameOf(0xf) };
    expect(judge([started, recovering], { answer, record: whole }).state).toBe('promoted');
  });

  test('that could not read the repository failed, although it promoted', () => {
    const error = 'ERROR: [103]: unable to find a valid repository';
    expect(judge([started, recovering, error], { answer })).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('unable to find a valid repository') as unknown,
    });
  });

  test('a role that does not exist is fatal to its client only', () => {
    const client =
      '2026-11-29 08:07:26.277 UTC [99] client backend FATAL:  role "nobody" does not exist';
    expect(judge([started, recovering, client, down], { hasPid: false }).state).toBe('stopped');
  });

  test('that was killed is stopped, without a word', () => {
    expect(judge([started, recovering], { hasPid: false })).toMatchObject({
      state: 'stopped',
      detail: 'the server is gone without a word',
    });
  });
});
