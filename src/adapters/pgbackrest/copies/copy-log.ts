import { oneLine } from '../tool/tool-failure.ts';

/** What the server of a copy has written so far, judged. */
export interface CopyLog {
  /** Why it will never be what was asked for. */
  fatal?: string;
  /** Why pgBackRest failed to deliver a segment; a segment that does not exist is no failure. */
  unreadable?: string;
  isStarted: boolean;
  isRecovering: boolean;
  isConsistent: boolean;
  isDown: boolean;
  /** It has reached where it was told to wait. */
  hasStopped: boolean;
  /** Time of the last transaction, in PostgreSQL's own words. */
  lastTransactionAt?: string;
}

/** With the sort of process: what is fatal to a client is not to the server. */
export const logLinePrefix = '%m [%p] %b ';

export function readCopyLog(text: string): CopyLog {
  const lines = text.split('\n');
  const fatals = lines.filter((line) => /\] (?!client backend)[\w ]+ (?:FATAL|PANIC): /.test(line));
  const fatal = fatals[0] === undefined ? undefined : afterLevel(fatals[0]);
  const errors = lines.filter((line) => /ERROR: \[\d+\]:/.test(line));
  const last = lines.findLast((line) =>
    line.includes('last completed transaction was at log time'),
  );
  const lastTransactionAt = /log time (.*)$/.exec(last ?? '')?.[1];
  return {
    ...(fatal !== undefined && { fatal }),
    ...(errors[0] !== undefined && { unreadable: afterLevel(errors[0]) }),
    isStarted: lines.some((line) => line.includes('starting PostgreSQL')),
    isRecovering: lines.some((line) =>
      /starting (?:archive|point-in-time|backup) recovery/.test(line),
    ),
    isConsistent: lines.some((line) => line.includes('consistent recovery state reached')),
    hasStopped: lines.some((line) => /LOG: {2}recovery stopping (?:before|after)/.test(line)),
    isDown: lines.some((line) => line.includes('database system is shut down')),
    ...(lastTransactionAt !== undefined && { lastTransactionAt }),
  };
}

function afterLevel(line: string): string {
  return oneLine(/\b(?:FATAL|PANIC|ERROR):\s*(.*)$/.exec(line)?.[1] ?? line).slice(0, 400);
}
