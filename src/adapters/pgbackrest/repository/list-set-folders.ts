import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';

/** Folders of sets, those of unfinished ones included. */
export async function listSetFolders(
  tools: ClusterTools,
  key: number,
  attempt: Attempt,
): Promise<string[]> {
  const folder = `backup/${tools.settings.pgbackrest.stanza}`;
  const args = [`--repo=${key}`, '--output=json', 'repo-ls', folder];
  const stdout = await tools.requireRepository(args, attempt);
  const listed = JSON.parse(stdout) as Record<string, { type?: string }>;
  return Object.entries(listed)
    .filter(([name, { type }]) => type === 'path' && /^\d{8}-\d{6}F/.test(name))
    .map(([name]) => name);
}
