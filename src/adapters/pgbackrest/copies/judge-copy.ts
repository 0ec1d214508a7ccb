import type { CopyState, StopPoint } from '../../../contracts/backups/store.ts';
import type { ControlData } from '../source/control-data.ts';
import { lsnOfSegment, parseLsn, parseSegment } from '../wal/segments.ts';
import type { CopyLog } from './copy-log.ts';
import type { CopyRecord } from './copy-folder.ts';

/** What a server says of itself that takes connections. */
export interface CopyAnswer {
  inRecovery: boolean;
  /** Absent where it is to wait for nothing. */
  isPaused?: boolean;
  /** Absent where it is in recovery. */
  timeline?: number;
  /** Null where no transaction was replayed. */
  replayedUntilMs: number | null;
  replayedLsn: string | null;
}

export interface CopyEvidence {
  record: Pick<CopyRecord, 'reaches' | 'segmentBytes'>;
  log: CopyLog;
  hasPid: boolean;
  answer?: CopyAnswer;
  control?: ControlData;
  /** Where it waits. */
  until?: StopPoint;
}

export function judgeCopy(evidence: CopyEvidence): CopyState {
  const { log, answer, hasPid, control, until } = evidence;
  if (until && answer) return judgeWaiting(log, answer);
  if (answer && !answer.inRecovery) return judgePromoted(evidence, answer);
  if (log.fatal !== undefined) {
    const until = log.lastTransactionAt;
    const reached = until === undefined ? '' : `; its last transaction was at ${until}`;
    return { state: 'failed', detail: `${log.fatal}${reached}` };
  }
  if (log.isDown) return { state: 'stopped', detail: 'the server was shut down' };
  if (!log.isStarted) return { state: 'starting', detail: 'the server has not said anything yet' };
  if (!hasPid) return { state: 'stopped', detail: 'the server is gone without a word' };
  if (!log.isRecovering) return { state: 'starting', detail: 'the server starts' };
  const lsn = control?.minRecoveryLsn;
  const isKnown = lsn !== undefined && lsn !== '0/0';
  return {
    state: 'recovering',
    detail: `the log is replayed${isKnown ? `, at least to ${lsn}` : ''}`,
    ...(isKnown && { replayedLsn: lsn }),
  };
}

/** What it answers counts only where it is known to wait at its target, and for nothing else. */
function judgeWaiting(log: CopyLog, answer: CopyAnswer): CopyState {
  const { inRecovery, isPaused = false, replayedLsn } = answer;
  const known = knownOf(answer);
  if (!inRecovery) return { state: 'failed', detail: 'it was promoted', ...known };
  const at = replayedLsn ?? 'its beginning';
  if (!isPaused) return { state: 'recovering', detail: `the log is replayed, to ${at}`, ...known };
  if (log.hasStopped) return { state: 'paused', detail: `waits at ${at}`, ...known };
  const detail = `its replay waits at ${at}, before its target: settings of the source were raised later`;
  return { state: 'failed', detail, ...known };
}

function knownOf({ timeline, replayedUntilMs, replayedLsn }: CopyAnswer) {
  return {
    ...(timeline !== undefined && { timeline }),
    ...(replayedUntilMs !== null && { replayedUntilMs }),
    ...(replayedLsn !== null && { replayedLsn }),
  };
}

/**
 * A segment that pgBackRest cannot give ends recovery as if it were the last one, and PostgreSQL
 * promotes: such a copy is not what was asked for.
 */
function judgePromoted({ record, log }: CopyEvidence, answer: CopyAnswer): CopyState {
  const { timeline, replayedLsn } = answer;
  const known = knownOf(answer);
  if (log.unreadable !== undefined) {
    const detail = `the log could not be read to its end: ${log.unreadable}`;
    return { state: 'failed', detail, ...known };
  }
  const reached = replayedLsn === null ? undefined : parseLsn(replayedLsn);
  const last =
    record.reaches === undefined ? undefined : parseSegment(record.reaches, record.segmentBytes);
  if (last && (reached === undefined || reached < lsnOfSegment(last.number, record.segmentBytes))) {
    const detail = `recovery ended at ${replayedLsn ?? 'its beginning'}, before segment ${record.reaches ?? ''}, which the repository had`;
    return { state: 'failed', detail, ...known };
  }
  return {
    state: 'promoted',
    detail: `takes writes on timeline ${timeline ?? '?'}, replayed to ${replayedLsn ?? 'its beginning'}`,
    ...known,
  };
}
