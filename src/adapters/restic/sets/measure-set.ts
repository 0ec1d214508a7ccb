import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { oneLine } from '../answers/one-line.ts';
import type { Snapshot } from '../answers/read-snapshots.ts';
import { readStats } from '../answers/read-stats.ts';
import type { ResticTool } from '../tool/restic-tool.ts';
import { faultOfTags, madeBy } from './tags.ts';

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
  const { bytes, error }: Measured = summary ?? (await measure(tool, snapshot, attempt));
  const maker = madeBy(tags);
  const why = faultOfTags(tags) ?? error;
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

async function measure(
  tool: ResticTool,
  { id, original = id }: Snapshot,
  attempt: Attempt,
): Promise<Measured> {
  // Other tags give a snapshot another ID, and its folders stay the same.
  const key = `${tool.settings.location} ${original}`;
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
