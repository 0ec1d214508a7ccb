import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { readSnapshots, type Snapshot, type SnapshotList } from '../answers/read-snapshots.ts';
import type { ResticTool } from '../tool/restic-tool.ts';
import { isOf, type Owner } from './tags.ts';

/** Reads take no lock, so that they wait for nobody and leave nothing where they are ended. */
export function readList(tool: ResticTool, attempt: Attempt): Promise<ToolAnswer> {
  return tool.read(['snapshots', '--json', '--no-lock'], attempt);
}

export async function listSnapshots(tool: ResticTool, attempt: Attempt): Promise<SnapshotList> {
  const answer = await readList(tool, attempt);
  if (answer.exitCode !== 0) throw tool.failed(answer);
  return parseList(tool, answer);
}

export function parseList(tool: ResticTool, answer: ToolAnswer): SnapshotList {
  const list = readSnapshots(answer);
  if (list) return list;
  throw new AgentError(
    'refused',
    `repository ${tool.name}: this restic lists snapshots in a way that is not known; install restic 0.14 or later`,
  );
}

/** The snapshot of this owner. Throws AgentError where the repository does not list it. */
export async function findSnapshot(
  tool: ResticTool,
  { label, ...owner }: Owner & { label: string },
  attempt: Attempt,
): Promise<Snapshot> {
  const { snapshots } = await listSnapshots(tool, attempt);
  const found = snapshots.find(({ id }) => id === label);
  if (found && isOf(found.tags, owner)) return found;
  const { plan, component } = owner;
  throw new AgentError(
    'refused',
    found
      ? `snapshot ${label} of repository ${tool.name} is not of ${component.name} of ${plan.environment}/${plan.backup}`
      : `repository ${tool.name} does not list snapshot ${label}`,
  );
}
