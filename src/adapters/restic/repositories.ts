import type { Tools } from '../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import type { SnapshotList } from './answers/read-snapshots.ts';
import { judgeFailure } from './answers/judge-failure.ts';
import { parseList, readList } from './sets/list-snapshots.ts';
import type { ResticSettings } from './settings.ts';
import { ResticTool } from './tool/restic-tool.ts';

export type Repositories = Pick<ResticSettings, 'repositories' | 'cacheFolder'>;

/** Throws AgentError for a repository that the agent’s settings do not have. */
export function openTool(
  tools: Tools,
  { repositories, cacheFolder }: Repositories,
  wanted: string,
): ResticTool {
  const settings = repositories.find(({ name }) => name === wanted);
  if (settings) return new ResticTool({ tools, settings, cacheFolder });
  const known = repositories.map(({ name }) => name);
  const offer = known.length === 0 ? 'it has none' : offerKnown(wanted, known);
  throw new AgentError('refused', `this agent has no repository ${showGiven(wanted)}; ${offer}`);
}

export type RepositoryState =
  { kind: 'open'; list: SnapshotList } | { kind: 'absent' } | { kind: 'failed'; why: AgentError };

/** Whether it is there and can be opened. */
export async function examineRepository(
  tool: ResticTool,
  attempt: Attempt,
): Promise<RepositoryState> {
  const answer = await readList(tool, attempt);
  if (answer.exitCode === 0) return { kind: 'open', list: parseList(tool, answer) };
  if (judgeFailure(answer).kind === 'absent') return { kind: 'absent' };
  return { kind: 'failed', why: tool.failed(answer) };
}

/**
 * Removes the locks of processes that are gone, as those would block whatever needs the repository
 * for itself. Never all of them: the lock of a living process is what keeps its data from being pruned.
 */
export async function removeLeftLocks(tool: ResticTool, attempt: Attempt): Promise<void> {
  await tool.require(['unlock'], attempt);
}

/**
 * The same for a repository that is written to: created where it is absent and the settings say so.
 * A second one that is copied to is cut into the same chunks as the first, so that what both have is
 * kept once.
 */
export async function provideRepository(
  tool: ResticTool,
  attempt: Attempt,
  like?: ResticTool,
): Promise<void> {
  const unlocked = await tool.read(['unlock'], attempt);
  if (unlocked.exitCode === 0) return;
  if (judgeFailure(unlocked).kind !== 'absent') throw tool.failed(unlocked);
  if (tool.settings.create !== true) throw new AgentError('refused', describeAbsent(tool));
  const args = like === undefined ? ['init'] : ['init', '--copy-chunker-params'];
  await tool.require(args, attempt, like);
}

export function describeAbsent({ name, settings }: ResticTool): string {
  return (
    `repository ${name} does not exist at ${settings.location}: see whether its storage is mounted; ` +
    'for a new one give `restic init`, or set create: true in the agent’s settings'
  );
}
