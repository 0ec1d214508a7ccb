import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../node.ts';

const answerWithinMs = 10_000;
/** For what is written while it is copied. */
const spareShare = 0.05;

/** Databases, and the log that is there: as much again may come while the copy is made. */
const sizeQuery = `SELECT (SELECT sum(pg_database_size(oid)) FROM pg_database)::text AS databases,
  (SELECT coalesce(sum(size), 0) FROM pg_ls_waldir())::text AS log`;

/** Before anything is written: a disk that a copy fills ends the other servers on it, too. */
export async function requireRoom(node: DatabaseNode, primary: NodeAddress): Promise<void> {
  const [size] = await node.askPeer(primary, answerWithinMs, (session) =>
    session.query<{ databases: string; log: string }>(sizeQuery),
  );
  const { databases = '0', log = '0' } = size ?? {};
  const folder = dirname(node.dataFolder);
  const { bavail, bsize } = await statfs(folder);
  const lacking = describeLack({
    ...{ folder, freeBytes: bavail * bsize },
    ...{ databaseBytes: Number(databases), logBytes: Number(log) },
  });
  if (lacking !== undefined) throw new AgentError('refused', lacking);
}

/** Undefined: there is room. */
export function describeLack(found: {
  folder: string;
  freeBytes: number;
  databaseBytes: number;
  logBytes: number;
}): string | undefined {
  const { folder, freeBytes, databaseBytes, logBytes } = found;
  const neededBytes = Math.ceil((databaseBytes + logBytes) * (1 + spareShare));
  if (freeBytes >= neededBytes) return undefined;
  return [
    `a copy of the primary needs ${inMb(neededBytes)} in ${folder}, and ${inMb(freeBytes)} are free:`,
    `${inMb(databaseBytes)} of databases, ${inMb(logBytes)} of log, and 5 % for what is written meanwhile.`,
    `Free ${inMb(neededBytes - freeBytes)}, such as old folders ${folder}/*.before-*`,
  ].join(' ');
}

function inMb(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000).toLocaleString('en')} MB`;
}
