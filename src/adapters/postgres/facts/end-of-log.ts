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
  control: Pick<ControlFile, 'checkpointLsn'>,
  timeline: number,
  attempt: Attempt,
): Promise<string | undefined> {
  return endOfLogIn(await complain(node, control, timeline, { attempt, withinMs: readWithinMs }));
}

/** Where the last record of a log begins, on its newest timeline. Undefined where that cannot be said in time. */
export async function readLastRecord(
  node: DatabaseNode,
  control: Pick<ControlFile, 'checkpointLsn' | 'timeline' | 'minimum'>,
  limits: { attempt: Attempt; withinMs: number },
): Promise<string | undefined> {
  const { timeline, checkpointLsn, minimum } = control;
  const newest = timelineOfLog(control);
  const start = minimum !== undefined && newest > timeline ? minimum.lsn : checkpointLsn;
  return lastRecordIn(await complain(node, { checkpointLsn: start }, newest, limits));
}

/** That of the checkpoint is old where the server was promoted, and died before the next one. */
export function timelineOfLog({
  timeline,
  minimum,
}: Pick<ControlFile, 'timeline' | 'minimum'>): number {
  return Math.max(timeline, minimum?.timeline ?? 0);
}

/** What pg_waldump says where it can read no further record. */
async function complain(
  node: DatabaseNode,
  { checkpointLsn }: Pick<ControlFile, 'checkpointLsn'>,
  timeline: number,
  { attempt, withinMs }: { attempt: Attempt; withinMs: number },
): Promise<string> {
  const argv = [
    ...[await node.program('pg_waldump'), '--quiet', '--path', join(node.dataFolder, 'pg_wal')],
    ...['--timeline', String(timeline), '--start', checkpointLsn],
  ];
  try {
    return (await node.run(argv, attempt, { timeoutMs: withinMs })).stderr;
  } catch {
    return '';
  }
}

const complaint = /error in WAL record at ([0-9A-F]+\/[0-9A-F]+): (.*)/;

/** The first position of the complaint is that of the last record that is one. */
export function endOfLogIn(said: string): string | undefined {
  const [, , what = ''] = complaint.exec(said) ?? [];
  return /\bat ([0-9A-F]+\/[0-9A-F]+)/.exec(what)?.[1];
}

function lastRecordIn(said: string): string | undefined {
  return complaint.exec(said)?.[1];
}
