import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { removeLeftLocks } from './repositories.ts';
import type { ResticTool } from './tool/restic-tool.ts';
import { listSnapshots } from './sets/list-snapshots.ts';
import { wholeTag } from './sets/tags.ts';

/** Changing tags needs the repository alone, and another backup to it may take hours. */
const patience = { totalMs: 3_600_000, everyMs: 2_000 };

/**
 * Lets a snapshot say that it is whole. restic writes it again with the tag, under another ID, which
 * is returned. Throws AgentError `unfinished` where that can be tried again.
 */
export async function markWhole(
  tool: ResticTool,
  { id, original = id, tags }: Snapshot,
  attempt: Attempt,
): Promise<string> {
  if (tags.includes(wholeTag)) return id;
  await addTag(tool, id, attempt);
  const { snapshots } = await listSnapshots(tool, attempt);
  const marked = snapshots.find((one) => one.original === original && one.tags.includes(wholeTag));
  if (marked) return marked.id;
  throw new AgentError(
    'refused',
    `restic reported success, and repository ${tool.name} does not list snapshot ${id} with the tag ${wholeTag}`,
  );
}

async function addTag(tool: ResticTool, id: string, attempt: Attempt): Promise<void> {
  const deadlineMs = performance.now() + patience.totalMs;
  const ended = AbortSignal.any([attempt.cancelled, attempt.leaving]);
  for (;;) {
    const answer = await tool.read(['tag', '--add', wholeTag, id], attempt);
    if (answer.exitCode === 0) return;
    const isLocked = judgeFailure(answer).kind === 'locked';
    if (!isLocked || performance.now() > deadlineMs) throw tool.failed(answer);
    await sleep(patience.everyMs, undefined, { signal: ended }).catch(() => {
      throw new AgentError('away', `the repository ${tool.name} is locked, and is not waited for`);
    });
    await removeLeftLocks(tool, attempt);
  }
}
