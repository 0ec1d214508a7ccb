import type { Commit, History, LossOfLog } from '../../contracts/backups/search.ts';
import { formatBytes } from './bytes.ts';

/** `transaction 5279 at 2026-11-28T22:04:01.300858Z (0/AAA4820)` */
export function describeCommit({ xid, at, lsn }: Commit): string {
  return `transaction ${xid} at ${at} (${lsn})`;
}

export function describeHistory({ commits, segments, bytes, touching, standout }: History): string {
  const read = `${commits} transactions in ${segments} segments (${formatBytes(bytes)})`;
  const ofTable = touching === undefined ? '' : `, ${touching.commits} of them of the table`;
  const far =
    standout === undefined
      ? ''
      : `; one wrote ${standout.records} rows, where ${standout.usual} is usual`;
  return `${read}${ofTable}${far}`;
}

export function describeLossOfLog({ transactions, tables, lastAt }: LossOfLog): string {
  const rows = tables.map(({ table, records }) => `${records} rows of ${table}`).join(', ');
  const count = transactions === 1 ? '1 transaction' : `${transactions} transactions`;
  return `${count} to ${lastAt}${rows === '' ? '' : `: ${rows}`}`;
}
