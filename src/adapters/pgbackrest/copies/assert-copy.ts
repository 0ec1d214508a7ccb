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

/**
 * What cannot be asked is an assertion that failed, with the reason in `seen`. Queries are asked while the
 * structure is checked, which takes longest and changes nothing.
 */
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
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(next: () => Promise<T>): Promise<T> => {
    const answer = turn.then(next);
    turn = answer;
    return answer;
  };
  const answers = assertions.map(async (assertion): Promise<AssertionResult[]> => {
    switch (assertion.kind) {
      case 'structure':
        return [await checkStructure(tools, { folders, act }, attempt)];
      case 'checksums':
        return inTurn(async () => {
          await endServer();
          return [await checkPages(tools, { folders, act }, attempt)];
        });
      case 'files':
        throw new AgentError('refused', 'a database is asked for its structure and its checksums');
      default:
        // Two that make the reader at once would meet.
        return inTurn(() => askCopy(ask, assertion));
    }
  });
  return (await Promise.all(answers)).flat();
}

function refuseTogether(assertions: readonly Assertion[]): void {
  const long = assertions.filter(({ kind }) => kind === 'structure' || kind === 'checksums');
  if (long.length <= 1) return;
  throw new AgentError(
    'refused',
    'structure is asked of a server that runs, and checksums of one that is stopped: ask for each once, and one at a time',
  );
}
