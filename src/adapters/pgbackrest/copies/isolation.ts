import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';

/** Runs a program in a network of its own, which has no way out. */
export const withoutNetwork = ['/usr/bin/unshare', '--map-current-user', '--net'];

/** Why a copy shares the network of the host; absent: it does not. */
export async function whyNotIsolated(
  tools: ClusterTools,
  { isLocal }: { isLocal: boolean },
  attempt: Attempt,
): Promise<string | undefined> {
  if (!isLocal) return 'the copy shares the network of the host, to read its log from elsewhere';
  const tried = await tools.read([...withoutNetwork, '/bin/true'], attempt).catch(() => undefined);
  if (tried?.exitCode === 0) return undefined;
  return 'the copy shares the network of the host, which lets nobody have one of their own';
}
