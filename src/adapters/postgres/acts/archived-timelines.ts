import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { ClusterTools } from '../../pgbackrest/tool/cluster-tools.ts';
import { parseListing } from '../../pgbackrest/wal/archive-listing.ts';
import type { DatabaseNode } from '../node.ts';

const answerWithinMs = 10_000;

/**
 * A repository that has log of this timeline; absent where none is known to. One that does not answer
 * keeps nobody from a failover: that the new primary archives is proven after it.
 */
export async function findArchivedTimeline(
  { settings, tools }: DatabaseNode,
  timeline: number,
  attempt: Attempt,
): Promise<string | undefined> {
  const { pgbackrest } = settings;
  if (pgbackrest === undefined) return undefined;
  const own = new ClusterTools(tools, { ...settings, pgbackrest });
  const prefix = timeline.toString(16).toUpperCase().padStart(8, '0');
  const filter = `(^|/)${prefix}(\\.history|[0-9A-F]{16}-[0-9a-f]{40}.*)$`;
  const found = await Promise.all(
    Object.entries(pgbackrest.repositories).map(async ([name, key]) => {
      const argv = own.pgbackrest([
        ...['--io-timeout=5', `--repo=${key}`, 'repo-ls', '--recurse', '--output=json'],
        ...[`--filter=${filter}`, `archive/${pgbackrest.stanza}`],
      ]);
      const listed = await own
        .read(argv, attempt, { secrets: 'repository', timeoutMs: answerWithinMs })
        .then(({ exitCode, stdout }) => (exitCode === 0 ? parseListing(stdout) : []))
        .catch(() => []);
      return listed.length > 0 ? name : undefined;
    }),
  );
  return found.find((name) => name !== undefined);
}
