import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { runUnlocked } from './await-lock.ts';
import type { ResticTool } from './tool/restic-tool.ts';
import { listSnapshots } from './sets/list-snapshots.ts';
import { wholeTag } from './sets/tags.ts';

/** From the end of the backup: changing tags needs the repository alone, and another backup may take long. */
const patienceMs = 3_600_000;

/**
 * Lets a snapshot say that it is whole. restic writes it again with the tag, under another ID, which
 * is returned. Throws AgentError `refused` where somebody else keeps the repository locked for an hour.
 */
export async function markWhole(
  tool: ResticTool,
  { snapshot: { id, original = id, tags }, madeAtMs }: { snapshot: Snapshot; madeAtMs: number },
  attempt: Attempt,
): Promise<string> {
  if (tags.includes(wholeTag)) return id;
  const untilMs = madeAtMs + patienceMs;
  const outcome =
    `snapshot ${id} has everything, but could not be given the tag ${wholeTag} within ` +
    `${formatDuration(patienceMs)}, so that it does not count. Back up again once that has ended, ` +
    'or give each plan a repository of its own';
  await runUnlocked(tool, { args: ['tag', '--add', wholeTag, id], untilMs, outcome }, attempt);
  const { snapshots } = await listSnapshots(tool, attempt);
  const marked = snapshots.find((one) => one.original === original && one.tags.includes(wholeTag));
  if (marked) return marked.id;
  throw new AgentError(
    'refused',
    `restic reported success, and repository ${tool.name} does not list snapshot ${id} with the tag ${wholeTag}`,
  );
}
