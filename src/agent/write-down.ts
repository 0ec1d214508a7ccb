import { dirname } from 'node:path';
import { AgentError } from '../contracts/kernel/agent-host.ts';
import { writeDurably } from '../processes/durable-file.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full: make room there',
  EDQUOT: 'the quota of its disk is used up: make room there',
  EROFS: 'its file system is read-only: see why, and mount it for writing',
  EIO: 'its disk has failed: see the log of the system',
  EACCES: 'the agent may not write there: give it to the account of the agent',
  EPERM: 'the agent may not write there: give it to the account of the agent',
};

/**
 * Writes what is done next. Throws AgentError `unfinished` where the disk does not take it: it is not
 * done then, and the same may be asked for again.
 */
export function writeDown(path: string, content: unknown): Promise<void> {
  return orExplain(dirname(path), writeDurably(path, content));
}

/** The same for anything that is written to a folder. */
export async function orExplain<T>(folder: string, written: Promise<T>): Promise<T> {
  return written.catch((error: unknown) => {
    const { code = '' } = error as NodeJS.ErrnoException;
    const reason = reasons[code];
    if (reason === undefined) throw error;
    throw new AgentError(
      'unfinished',
      `${folder} cannot be written to (${code}): ${reason}. What was to be written there first was not begun, and is tried again`,
      { cause: error },
    );
  });
}
