import type { CopiedSet, CopySetCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { answerOf } from './act-ending.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import type { Snapshot } from './answers/read-snapshots.ts';
import { provideRepository, removeLeftLocks } from './repositories.ts';
import { findSnapshot, listSnapshots } from './sets/list-snapshots.ts';
import { measureSet } from './sets/measure-set.ts';
import { faultOfTags } from './sets/tags.ts';
import type { ResticTool } from './tool/restic-tool.ts';

type Call = Pick<CopySetCall, 'act' | 'label' | 'plan' | 'component'>;

/** Adds a set to another repository. Nothing is ever removed there: that is for its own retention. */
export async function copySet(
  { from, to }: { from: ResticTool; to: ResticTool },
  call: Call,
  attempt: Attempt,
): Promise<CopiedSet> {
  if (from.name === to.name) throw new AgentError('refused', `${to.name} is where the set is`);
  const snapshot = await findSnapshot(from, call, attempt);
  const fault = faultOfTags(snapshot.tags);
  if (fault !== undefined) {
    throw new AgentError('refused', `snapshot ${call.label} is not copied: ${fault}`);
  }
  await provideRepository(to, attempt, from);
  await removeLeftLocks(from, attempt);
  const name = `copy ${call.component.name} from ${from.name} to ${to.name}`;
  const args = ['copy', snapshot.id];
  const result = await to.act(call.act, { name, args, from }, attempt);
  const answer = answerOf('the copy', result);
  if (answer.exitCode !== 0) {
    throw new AgentError(
      'refused',
      `the copy from ${from.name} to ${to.name} failed: ${judgeFailure(answer).words}`,
    );
  }
  // restic ignores what it does not find, and exits with 0.
  const { snapshots } = await listSnapshots(to, attempt);
  const copied = snapshots.find((one) => isCopyOf(one, snapshot));
  if (!copied) {
    throw new AgentError(
      'refused',
      `restic reported success, and repository ${to.name} lists no copy of ${snapshot.id}`,
    );
  }
  const set = await measureSet(to, copied, attempt);
  const source = await measureSet(from, snapshot, attempt);
  const why = set.error ?? (set.bytes === source.bytes ? undefined : 'its size is another');
  if (why !== undefined) {
    throw new AgentError('refused', `the copy ${copied.id} in ${to.name} is not equal: ${why}`);
  }
  const equal = `both have the tree ${copied.tree}, which is the hash of every name, attribute and content`;
  return { set, equal };
}

/** Copies name what they are copies of, also where that is a copy itself. */
function isCopyOf(copy: Snapshot, snapshot: Snapshot): boolean {
  const origins = [snapshot.id, snapshot.original].filter((id) => id !== undefined);
  const isSame = copy.tree === snapshot.tree && copy.atMs === snapshot.atMs;
  return isSame && [copy.id, copy.original].some((id) => id !== undefined && origins.includes(id));
}
