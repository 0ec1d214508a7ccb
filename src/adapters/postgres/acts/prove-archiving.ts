import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ArchivedLog } from '../../../contracts/recovery/database-node.ts';
import { parseInfo } from '../../pgbackrest/repository/info.ts';
import { judgeRepository } from '../../pgbackrest/repository/judge-repository.ts';
import { ClusterTools } from '../../pgbackrest/tool/cluster-tools.ts';
import { parseListing } from '../../pgbackrest/wal/archive-listing.ts';
import type { DatabaseNode } from '../node.ts';

const askWithinMs = 10_000;
const pollMs = 500;

/** Closes a segment of the log, and waits until it is in every repository, not only said to be. */
export async function proveArchiving(
  node: DatabaseNode,
  { withinMs }: { withinMs: number },
  attempt: Attempt,
): Promise<ArchivedLog> {
  const { pgbackrest } = node.settings;
  const server = await askServer(node);
  if (!server.isOn) {
    if (pgbackrest === undefined) return { repositories: [] };
    throw new AgentError(
      'refused',
      'archive_mode is off, and its log arrives in no repository: set it on, restart the server, and make a full backup',
    );
  }
  const segment = await closeSegment(node);
  const endsAtMs = Date.now() + withinMs;
  for (;;) {
    const missing = await missingIn(node, segment, attempt);
    const said = await askServer(node);
    // Without a repository of the settings, what the server says is all that there is.
    if (pgbackrest === undefined ? said.archived >= segment : missing.length === 0) {
      return { segment, repositories: Object.keys(pgbackrest?.repositories ?? {}) };
    }
    if (Date.now() > endsAtMs) {
      const wrong = await judgeRepositories(node, attempt);
      const where = missing.length === 0 ? '' : ` in ${missing.join(', ')}`;
      const failed = said.failed === '' ? '' : `; archive_command failed for ${said.failed} last`;
      throw new AgentError(
        'unfinished',
        [`segment ${segment} has not arrived${where} in time${failed}`, ...wrong].join('; '),
      );
    }
    attempt.cancelled.throwIfAborted();
    if (attempt.leaving.aborted) {
      throw new AgentError('away', 'the agent stops; the act is taken up again');
    }
    await sleep(pollMs);
  }
}

async function askServer(
  node: DatabaseNode,
): Promise<{ isOn: boolean; archived: string; failed: string }> {
  const [row] = await node.ask(askWithinMs, (session) =>
    session.query<{ mode: string; archived: string; failed: string }>(
      `SELECT current_setting('archive_mode') AS mode, coalesce(last_archived_wal, '') AS archived,
         coalesce(last_failed_wal, '') AS failed FROM pg_stat_archiver`,
    ),
  );
  const { mode = 'off', archived = '', failed = '' } = row ?? {};
  return { isOn: mode !== 'off', archived, failed };
}

/** A segment without a record would not be closed. */
async function closeSegment(node: DatabaseNode): Promise<string> {
  const [row] = await node.ask(askWithinMs, async (session) => {
    await session.query("SELECT pg_create_restore_point('belay')");
    return session.query<{ segment: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS segment');
  });
  if (row === undefined) throw new AgentError('unfinished', 'no segment was closed');
  return row.segment;
}

async function missingIn(node: DatabaseNode, segment: string, attempt: Attempt): Promise<string[]> {
  const { pgbackrest } = node.settings;
  if (pgbackrest === undefined) return [];
  const tools = new ClusterTools(node.tools, { ...node.settings, pgbackrest });
  const filter = `(^|/)${segment}-[0-9a-f]{40}.*$`;
  const found = await Promise.all(
    Object.entries(pgbackrest.repositories).map(async ([name, key]) => {
      const argv = tools.pgbackrest([
        ...['--io-timeout=5', `--repo=${key}`, 'repo-ls', '--recurse', '--output=json'],
        ...[`--filter=${filter}`, `archive/${pgbackrest.stanza}`],
      ]);
      const listed = await tools
        .read(argv, attempt, { secrets: 'repository', timeoutMs: askWithinMs })
        .then(({ exitCode, stdout }) => (exitCode === 0 ? parseListing(stdout) : []))
        .catch(() => []);
      return listed.length > 0 ? undefined : name;
    }),
  );
  return found.filter((name) => name !== undefined);
}

/** What is wrong with the repositories themselves, such as a stanza of another cluster. */
async function judgeRepositories(node: DatabaseNode, attempt: Attempt): Promise<string[]> {
  const { pgbackrest } = node.settings;
  if (pgbackrest === undefined) return [];
  const tools = new ClusterTools(node.tools, { ...node.settings, pgbackrest });
  const [row] = await node.ask(askWithinMs, (session) =>
    session.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()'),
  );
  const systemId = row?.id;
  return tools
    .requireRepository(['info', '--output=json'], attempt)
    .then((stdout) => {
      const info = parseInfo(stdout);
      return Object.entries(pgbackrest.repositories).flatMap(([name, key]) =>
        judgeRepository(info, {
          ...{ name, key, stanza: pgbackrest.stanza, config: pgbackrest.config },
          ...(systemId !== undefined && { systemId }),
        }),
      );
    })
    .catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);
}
