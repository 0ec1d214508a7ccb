import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';

/** Of the account that the tools run as; absent where this host has none. */
export async function userId(tools: ClusterTools, attempt: Attempt): Promise<number | undefined> {
  const answer = await tools.read(['/usr/bin/id', '-u'], attempt);
  return answer.exitCode === 0 ? Number(answer.stdout) : undefined;
}
