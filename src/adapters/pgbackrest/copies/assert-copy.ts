import type { BackupProvider } from '../../../contracts/backups/provider.ts';
import type { Assertion, AssertionResult } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { copyFolders, readRecord } from './copy-folder.ts';
import { askCopy, type Ask } from './ask-copy.ts';
import { checkPages, checkStructure } from './check-copy.ts';
import { placeOf } from './inspect-copy.ts';
import { makeReader } from './make-reader.ts';

type Asked = Parameters<BackupProvider['assertCopy']>[0];

/** What cannot be asked is an assertion that failed, with the reason in `seen`. */
export async function assertCopy(
  tools: ClusterTools,
  { folder, act, assertions, endServer }: Asked,
  attempt: Attempt,
): Promise<AssertionResult[]> {
  const folders = copyFolders(folder);
  const { reader } = await readRecord(folders);
  refuseTogether(assertions);
  const sql: Ask['sql'] = (statement, database, user) =>
    tools.psql({ ...placeOf(folders), database }, [statement], attempt, user);
  const ask: Ask = {
    ...{ sql, database: tools.settings.database },
    sqlOfUser: async (statement, database) => {
      const made = await sql(makeReader(reader), database);
      return made.exitCode === 0 ? sql(statement, database, reader) : made;
    },
  };
  const results: AssertionResult[] = [];
  for (const assertion of assertions) {
    switch (assertion.kind) {
      case 'structure':
        results.push(await checkStructure(tools, { folders, act }, attempt));
        break;
      case 'checksums':
        await endServer();
        results.push(await checkPages(tools, { folders, act }, attempt));
        break;
      case 'files':
        throw new AgentError('refused', 'a database is asked for its structure and its checksums');
      default:
        results.push(...(await askCopy(ask, assertion)));
    }
  }
  return results;
}

function refuseTogether(assertions: readonly Assertion[]): void {
  const long = assertions.filter(({ kind }) => kind === 'structure' || kind === 'checksums');
  if (long.length <= 1) return;
  throw new AgentError(
    'refused',
    'structure is asked of a server that runs, and checksums of one that is stopped: ask for each once, and one at a time',
  );
}
