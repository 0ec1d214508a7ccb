import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Promotion } from '../../../contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../node.ts';

/** By the history that PostgreSQL wrote for the timeline. */
export async function readPromotion(
  { dataFolder }: DatabaseNode,
  timeline: number,
): Promise<Promotion & { from: number }> {
  const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
  const text = await readFile(join(dataFolder, 'pg_wal', name), 'utf8');
  const last = text.trim().split('\n').at(-1) ?? '';
  const [from = '', lsn = ''] = last.split('\t');
  return { timeline, from: Number(from), lsn, atMs: Date.now() };
}
