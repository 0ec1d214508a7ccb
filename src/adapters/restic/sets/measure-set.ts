import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { oneLine } from '../answers/one-line.ts';
import type { Snapshot } from '../answers/read-snapshots.ts';
import { readStats } from '../answers/read-stats.ts';
import type { ResticTool } from '../tool/restic-tool.ts';
import { madeBy, partialTag } from './tags.ts';

type Measured = Pick<BackupSet, 'bytes' | 'error'>;

/** Snapshots never change, and counting one reads all of its folders. */
const known = new Map<string, Measured>();

/** The set that a snapshot is. */
export async function measureSet(
  tool: ResticTool,
  snapshot: Snapshot,
  attempt: Attempt,
): Promise<BackupSet> {
  const { id, atMs, tags, summary } = snapshot;
  const { bytes, error }: Measured = summary ?? (await measure(tool, id, attempt));
  const maker = madeBy(tags);
  const why = tags.includes(partialTag)
    ? 'it is partial: something of its source could not be read'
    : error;
  return {
    repository: tool.name,
    label: id,
    type: 'full',
    needs: [],
    startedAtMs: atMs,
    stoppedAtMs: summary?.stoppedAtMs ?? atMs,
    bytes,
    ...(summary && { storedBytes: summary.storedBytes }),
    ...(maker !== undefined && { madeBy: maker }),
    ...(why !== undefined && { error: why }),
  };
}

async function measure(tool: ResticTool, id: string, attempt: Attempt): Promise<Measured> {
  const key = `${tool.settings.location} ${id}`;
  const before = known.get(key);
  if (before) return before;
  const answer = await tool.read(['stats', '--json', '--no-lock', id], attempt);
  const stats = answer.exitCode === 0 ? readStats(answer.stdout) : undefined;
  if (!stats) return { bytes: 0, error: `its folders cannot be read: ${said(answer.stderr)}` };
  const measured = { bytes: stats.bytes };
  known.set(key, measured);
  return measured;
}

function said(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => !line.includes('retrying'));
  return oneLine(lines.join('; '), 300) || 'restic did not say why';
}
