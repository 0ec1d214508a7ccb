import type { AssertionResult } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { CommandResult, RunStep } from '../../../contracts/kernel/agent.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { oneLine, readErrors } from '../tool/tool-failure.ts';
import type { CopyFolders } from './copy-folder.ts';
import { placeOf } from './inspect-copy.ts';

interface Check {
  folders: CopyFolders;
  act: RunStep;
}

/** Tables and indexes of every database, each index against its table. */
export async function checkStructure(
  tools: ClusterTools,
  { folders, act }: Check,
  attempt: Attempt,
): Promise<AssertionResult> {
  const { socketFolder, port } = placeOf(folders);
  const argv = [
    await tools.program('pg_amcheck', folders.data),
    ...['--all', '--heapallindexed', '--install-missing=pg_catalog', '--no-password'],
    ...[`--host=${socketFolder}`, `--port=${port}`, `--username=${tools.settings.user}`],
  ];
  const result = await tools.act(act, argv, attempt, { name: 'check the structure of the copy' });
  return judge('structure', result, 'pg_amcheck finds nothing wrong');
}

/** Of the pages on disk, once the server has ended. */
export async function checkPages(
  tools: ClusterTools,
  { folders, act }: Check,
  attempt: Attempt,
): Promise<AssertionResult> {
  const program = await tools.program('pg_checksums', folders.data);
  const argv = [program, '--check', `--pgdata=${folders.data}`];
  const result = await tools.act(act, argv, attempt, { name: 'check the pages of the copy' });
  return judge('checksums', result, 'every page has its checksum');
}

function judge(name: string, result: CommandResult, expected: string): AssertionResult {
  const { ending, exitCode, stdout, stderr } = result;
  if (ending === 'cancelled') throw new AgentError('away', `${name} was cancelled`);
  if (ending === 'exited' && exitCode === 0) {
    const blocks = /Blocks scanned:\s+(\d+)/.exec(stdout)?.[1];
    const seen = blocks === undefined ? expected : `${expected} (${blocks} pages)`;
    return { name, passed: true, seen, expected };
  }
  const errors = readErrors(`${stderr}\n${stdout}`);
  const words = errors.length > 0 ? errors.slice(0, 5).join('; ') : oneLine(`${stdout} ${stderr}`);
  const how = ending === 'exited' ? `exit code ${exitCode ?? '?'}` : ending;
  return { name, passed: false, seen: `${how}: ${words.slice(0, 1_000)}`, expected };
}
