import type { RepositoryCall } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { listRepository } from './repository.ts';

/** Bytes that a restore of a set writes. Throws AgentError where there is no such set. */
export async function measureSet(
  tools: ClusterTools,
  { repository, label }: RepositoryCall & { label: string },
  attempt: Attempt,
): Promise<number> {
  const { sets } = await listRepository(tools, repository, attempt);
  const set = sets.find((each) => each.label === label);
  if (set) return set.bytes;
  throw new AgentError('refused', `repository ${repository} has no set ${label}`);
}
