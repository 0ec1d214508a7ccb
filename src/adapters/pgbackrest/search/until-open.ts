import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sqlState } from '../../postgres/sql/session.ts';
import { readOwn, type CopyFolders } from '../copies/copy-folder.ts';
import { readCopyLog } from '../copies/copy-log.ts';
import { StandbyFailed } from './standby-failed.ts';

const usualPatience = {
  pollMs: 20,
  /** Without a line in its log. */
  quietMs: 3_600_000,
  /** Once it says that it is consistent. */
  consistentMs: 60_000,
};

/** As PostgreSQL has it while it starts, and as a socket does that nobody listens on yet. */
const notYet = ['57P03', 'ENOENT', 'ECONNREFUSED', 'ECONNRESET'];

interface Opening {
  connect(): Promise<void>;
  /** Fails where nobody wants it any more, or it has ended. */
  checkIn(): Promise<void>;
  folders: CopyFolders;
  logFile: string;
}

/** The server of a copy takes connections once it is consistent, however long that takes while it gets on. */
export async function untilOpen(
  { connect, checkIn, folders, logFile }: Opening,
  patience = usualPatience,
): Promise<void> {
  let [written, changedAtMs] = [0, performance.now()];
  let consistentAtMs = Infinity;
  for (;;) {
    try {
      await connect();
      return;
    } catch (error) {
      await checkIn();
      const code = sqlState(error) ?? (error as NodeJS.ErrnoException).code;
      if (code !== undefined && !notYet.includes(code)) throw new StandbyFailed(String(error));
      const { size } = await stat(logFile).catch(() => ({ size: written }));
      const nowMs = performance.now();
      if (size !== written) {
        [written, changedAtMs] = [size, nowMs];
        const { isConsistent } = readCopyLog((await readOwn(folders, logFile)) ?? '');
        if (isConsistent) consistentAtMs = Math.min(consistentAtMs, nowMs);
      }
      if (nowMs - consistentAtMs > patience.consistentMs) {
        throw new StandbyFailed(
          'it is consistent, and takes no connections, such as where a transaction with many subtransactions was open when its set was made',
        );
      }
      if (nowMs - changedAtMs > patience.quietMs) {
        throw new StandbyFailed(`is not consistent: ${String(error)}`);
      }
    }
    await sleep(patience.pollMs);
  }
}
