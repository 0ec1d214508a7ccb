import { existsSync } from 'node:fs';
import type { BackupProvider, Tools } from '../../contracts/backups/provider.ts';
import type { Component, FileSource } from '../../contracts/backups/source.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { assertFiles } from './assert-copy.ts';
import { checkSet } from './check-set.ts';
import { readCopy } from './copies.ts';
import { copySet } from './copy-set.ts';
import { examineRepositories } from './examine-source.ts';
import { expireSets } from './expire-sets.ts';
import { countFiles } from './files/count-files.ts';
import { judgePaths, refusePaths } from './files/judge-paths.ts';
import { lookAtPaths } from './files/look-at-paths.ts';
import { makeSet } from './make-set.ts';
import { openTool } from './repositories.ts';
import { restoreSet } from './restore-set.ts';
import { readContents } from './sets/read-contents.ts';
import type { ResticSettings } from './settings.ts';

const countWithinMs = 20_000;

/** Files, models and configuration, by restic. */
export function createResticProvider(tools: Tools, settings: ResticSettings): BackupProvider {
  const open = (repository: string) => openTool(tools, settings, repository);
  return {
    examineSource: async ({ component }, attempt) => {
      const { paths } = filesOf(component);
      const refusals = await refuseSource(paths, settings.paths);
      const repositories = await examineRepositories(component, open, attempt);
      const counted = await countFiles(paths, countWithinMs, attempt.cancelled);
      return {
        tool: repositories.tool,
        refusals: [...refusals, ...repositories.refusals],
        remarks: [
          ...repositories.remarks,
          ...counted.unreadable.map(
            (path) =>
              `${path} cannot be listed by the agent: without an exclusion, sets would be partial`,
          ),
        ],
        ...(counted.isComplete && { bytes: counted.bytes }),
      };
    },
    readRepository: ({ repository, plan, component }, attempt) =>
      readContents(open(repository), { plan, component }, attempt),
    makeSet: async (call, attempt) => {
      const { paths, exclude } = filesOf(call.component);
      const tool = open(call.repository);
      const refusals = await refuseSource(paths, settings.paths);
      if (refusals.length > 0) throw new AgentError('refused', refusals.join('\n'));
      return makeSet(tool, { ...call, files: { paths, exclude } }, attempt);
    },
    checkSet: (call, attempt) => checkSet(open(call.repository), call, attempt),
    expireSets: (call, attempt) =>
      expireSets(open(call.repository), call, attempt, settings.lockPatienceMs),
    copySet: (call, attempt) =>
      copySet({ from: open(call.repository), to: open(call.to) }, call, attempt),
    restoreSet: async (call, attempt) => {
      if (call.into.kind === 'namespaces') throw notOfFiles('are not restored into namespaces');
      return restoreSet(open(call.repository), { ...call, settings }, attempt);
    },
    assertCopy: async ({ folder, assertions }, attempt) => {
      const record = await readCopy(folder);
      return assertFiles(open(record.repository), { record, assertions }, attempt);
    },
    removeCopy: ({ folder }) => Promise.resolve({ removed: existsSync(folder) }),
    inspectCopy: () => Promise.resolve({ state: 'stopped', detail: 'files do not run' }),
    runCopy: () => Promise.reject(notOfFiles('do not run: ask a copy for its files')),
    writeMark: () =>
      Promise.reject(notOfFiles('have no marks: a set is compared with its listing')),
  };
}

function notOfFiles(what: string): AgentError {
  return new AgentError('refused', `files ${what}`);
}

function filesOf({ name, source }: Component): FileSource {
  if (!('paths' in source)) {
    throw new AgentError('refused', `${name} is of kind ${source.kind}, and restic keeps files`);
  }
  return source;
}

/** Everything is read again before a backup: what is missing would only be warned of. */
async function refuseSource(
  paths: readonly string[],
  allowed: readonly string[],
): Promise<string[]> {
  const refusals = refusePaths(paths, allowed);
  return refusals.length > 0 ? refusals : judgePaths(await lookAtPaths(paths, allowed));
}
