import type { ExpiredSets, ExpireSetsCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { answerOf } from './act-ending.ts';
import { runUnlocked } from './await-lock.ts';
import { removeLeftLocks } from './repositories.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { readFreed } from './answers/read-freed.ts';
import { listSnapshots } from './sets/list-snapshots.ts';
import { isOf, madeBy } from './sets/tags.ts';
import type { ResticTool } from './tool/restic-tool.ts';

/** A backup of somebody else may take hours: an expiry is repeated anyway. */
const usualPatienceMs = 120_000;

type Call = Pick<ExpireSetsCall, 'act' | 'labels' | 'plan' | 'component'>;

/**
 * Forgets these snapshots and then removes what nothing needs any more. Forgetting may be repeated:
 * whatever was killed in between is carried on by the next call.
 */
export async function expireSets(
  tool: ResticTool,
  call: Call,
  attempt: Attempt,
  patienceMs = usualPatienceMs,
): Promise<ExpiredSets> {
  const { act, labels } = call;
  const { snapshots } = await listSnapshots(tool, attempt);
  const listed = snapshots.filter(({ id }) => labels.includes(id));
  const foreign = listed.filter(({ tags }) => !isOf(tags, call) || madeBy(tags) === undefined);
  if (foreign.length > 0) {
    const named = foreign.map(({ id }) => id).join(', ');
    throw new AgentError('refused', `not made by this plan for ${call.component.name}: ${named}`);
  }
  await removeLeftLocks(tool, attempt);
  if (listed.length > 0) {
    const args = ['forget', ...listed.map(({ id }) => id)];
    const outcome = 'none of these sets was expired; the next expiry tries again';
    await runUnlocked(tool, { args, untilMs: Date.now() + patienceMs, outcome }, attempt);
  }
  const name = `prune ${tool.name}`;
  const answer = answerOf('prune', await tool.act(act, { name, args: ['prune'] }, attempt));
  const after = await listSnapshots(tool, attempt);
  const gone = labels.filter((label) => !after.snapshots.some(({ id }) => id === label));
  const freedBytes = readFreed(answer.stdout);
  if (answer.exitCode !== 0) {
    const { words } = judgeFailure(answer);
    throw new AgentError(
      'refused',
      `${gone.length} of ${labels.length} sets are gone, but their data is not: ${words}. The next expiry removes it`,
    );
  }
  if (gone.length < labels.length) {
    const left = labels.filter((label) => !gone.includes(label)).join(', ');
    throw new AgentError('refused', `restic reported success, and these are still listed: ${left}`);
  }
  return { gone, ...(freedBytes !== undefined && { freedBytes }) };
}
