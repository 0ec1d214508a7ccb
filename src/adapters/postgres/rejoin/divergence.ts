import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { readLastRecord, timelineOfLog } from '../facts/end-of-log.ts';
import type { DatabaseNode } from '../node.ts';
import type { ControlFile } from '../host/control-file.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import { parseLsn } from '../../pgbackrest/wal/segments.ts';

const answerWithinMs = 10_000;
const readLogWithinMs = 600_000;

/**
 * Why a node that was shut down cannot simply follow: it has log that its new primary lacks. Undefined
 * where it has none.
 */
export async function findDivergence(
  node: DatabaseNode,
  control: ControlFile,
  primary: NodeAddress,
  attempt: Attempt,
): Promise<string | undefined> {
  const { state } = control;
  const own = timelineOfLog(control);
  if (!state.startsWith('shut down')) return `it was not shut down cleanly (${state})`;
  const history = await readHistory(node, primary);
  const ownForks = await readOwnForks(node.dataFolder, own);
  if (ownForks !== undefined && !isPrefix(ownForks, history.forks)) {
    return `its timeline ${own} is another one than the timeline ${own} of the primary`;
  }
  if (history.timeline === own) return undefined;
  const fork = history.forks.find(({ timeline }) => timeline === own);
  if (fork === undefined) return `timeline ${own} is not in the history of the primary`;
  const last = await lastRecordOf(node, control, attempt);
  if (last === undefined) return 'pg_waldump does not say where its log ends';
  const isBehind = (parseLsn(last) ?? 0n) < (parseLsn(fork.lsn) ?? 0n);
  if (isBehind) return undefined;
  return `its log goes to ${last}, and the primary left timeline ${own} at ${fork.lsn}`;
}

/** A standby may have received more than it had replayed when it was shut down. */
async function lastRecordOf(
  node: DatabaseNode,
  control: ControlFile,
  attempt: Attempt,
): Promise<string | undefined> {
  if (control.state === 'shut down') return control.checkpointLsn;
  return readLastRecord(node, control, { attempt, withinMs: readLogWithinMs });
}

/** Two standbys that were promoted apart from each other have taken the same number. Undefined: nobody can say. */
async function readOwnForks(dataFolder: string, own: number): Promise<Fork[] | undefined> {
  if (own === 1) return [];
  const name = `${own.toString(16).toUpperCase().padStart(8, '0')}.history`;
  const text = await readFile(join(dataFolder, 'pg_wal', name), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseHistory(text);
}

export function isPrefix(own: readonly Fork[], all: readonly Fork[]): boolean {
  return own.every(
    ({ timeline, lsn }, index) => all[index]?.timeline === timeline && all[index].lsn === lsn,
  );
}

interface Fork {
  timeline: number;
  lsn: string;
}

interface History {
  timeline: number;
  forks: Fork[];
}

async function readHistory(node: DatabaseNode, primary: NodeAddress): Promise<History> {
  return node.askPeer(primary, answerWithinMs, async (session) => {
    const [row] = await session.query<{ segment: string }>(
      'SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment',
    );
    const hex = row?.segment.slice(0, 8) ?? '';
    const timeline = Number.parseInt(hex, 16);
    if (timeline === 1) return { timeline, forks: [] };
    const [file] = await session.query<{ text: Buffer }>('SELECT pg_read_binary_file($1) AS text', [
      `pg_wal/${hex}.history`,
    ]);
    return { timeline, forks: parseHistory(file?.text.toString() ?? '') };
  });
}

export function parseHistory(text: string): Fork[] {
  return text.split('\n').flatMap((line) => {
    const [, timeline, lsn] = /^\s*(\d+)\s+([0-9A-F]+\/[0-9A-F]+)/i.exec(line) ?? [];
    return timeline === undefined || lsn === undefined ? [] : [{ timeline: Number(timeline), lsn }];
  });
}
