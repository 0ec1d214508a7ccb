import { join } from 'node:path';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ControlFile } from '../host/control-file.ts';
import type { DatabaseNode } from '../node.ts';

const readWithinMs = 5_000;

/**
 * Where the log of a server ends that was killed: behind the last record that pg_waldump can read, from
 * the last checkpoint on. Undefined where that cannot be said in time.
 */
export async function readEndOfLog(
  node: DatabaseNode,
  { checkpointLsn }: Pick<ControlFile, 'checkpointLsn'>,
  timeline: number,
  attempt: Attempt,
): Promise<string | undefined> {
  const argv = [
    ...[await node.program('pg_waldump'), '--quiet', '--path', join(node.dataFolder, 'pg_wal')],
    ...['--timeline', String(timeline), '--start', checkpointLsn],
  ];
  try {
    const { stderr } = await node.run(argv, attempt, { timeoutMs: readWithinMs });
    return endOfLogIn(stderr);
  } catch {
    return undefined;
  }
}

/** Of its complaint about the first record that is none: the first one is about the last that is. */
export function endOfLogIn(said: string): string | undefined {
  const complaint = /error in WAL record at [0-9A-F]+\/[0-9A-F]+: (.*)/.exec(said)?.[1] ?? '';
  return /\bat ([0-9A-F]+\/[0-9A-F]+)/.exec(complaint)?.[1];
}
