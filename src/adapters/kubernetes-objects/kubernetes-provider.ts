import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageVersion } from '../../config/package-version.ts';
import type { BackupProvider, Tools } from '../../contracts/backups/provider.ts';
import type { AssertionResult, CopyCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { DynamicApi } from '../kubernetes-api/dynamic/dynamic-api.ts';
import { assertFiles } from '../restic/assert-copy.ts';
import { checkSet } from '../restic/check-set.ts';
import { readCopy } from '../restic/copies.ts';
import { copySet } from '../restic/copy-set.ts';
import { expireSets } from '../restic/expire-sets.ts';
import { openTool } from '../restic/repositories.ts';
import { readContents } from '../restic/sets/read-contents.ts';
import { Stages } from './objects/stages.ts';
import { backUpObjects, examineObjects } from './back-up.ts';
import { onCluster } from './cluster.ts';
import { restoreObjects } from './restore-objects.ts';
import { removeApplied } from './restore/apply-plan.ts';
import { readRecord, type CopyRecord } from './restore/copy-record.ts';
import { fingerprintKey } from './restore/fingerprint-key.ts';
import { readBack } from './restore/read-back.ts';
import { objectsOf, openAsAgent, type KubernetesSettings } from './settings.ts';

/** A namespace goes once everything in it has ended. */
const goneWithinMs = 120_000;
const lookEveryMs = 1_000;
const mostNamed = 5;

/** Objects of Kubernetes, stored by restic, whose repositories are always encrypted. */
export function createKubernetesProvider(
  tools: Tools,
  settings: KubernetesSettings,
): BackupProvider {
  const { access, stagingFolder } = settings;
  const stages = new Stages(stagingFolder, tools);
  const version = packageVersion();
  const key = () => fingerprintKey(stagingFolder);
  const open = (repository: string) => openTool(tools, settings, repository);
  const on =
    (context: string | undefined, attempt: Attempt) =>
    <T>(work: (api: DynamicApi) => Promise<T>) =>
      onCluster({ access, context, version }, attempt, work);
  return {
    examineSource: ({ component }, attempt) => {
      const source = objectsOf(component);
      const cluster = on(source.context, attempt);
      return examineObjects({ component, source, open, onCluster: cluster }, attempt);
    },
    readRepository: ({ repository, plan, component }, attempt) =>
      readContents(open(repository), { plan, component }, attempt),
    makeSet: (call, attempt) => {
      const source = objectsOf(call.component);
      const cluster = on(source.context, attempt);
      const tool = openAsAgent(open(call.repository));
      return stages.during(call.act, (stage) =>
        backUpObjects({ call, source, tool, stage, onCluster: cluster }, attempt),
      );
    },
    checkSet: (call, attempt) => checkSet(open(call.repository), call, attempt),
    expireSets: (call, attempt) => expireSets(open(call.repository), call, attempt),
    copySet: (call, attempt) =>
      copySet({ from: open(call.repository), to: open(call.to) }, call, attempt),
    restoreSet: (call, attempt) => {
      const source = objectsOf(call.component);
      const cluster = on(source.context, attempt);
      const tool = openAsAgent(open(call.repository));
      const allowed = access?.namespaces ?? [];
      const restoreTo = (folder: string) =>
        restoreObjects({ call, source, tool, allowed, folder, key, onCluster: cluster }, attempt);
      if (call.folder !== undefined) return restoreTo(call.folder);
      return stages.during(call.act, ({ folder }) => restoreTo(folder));
    },
    assertCopy: async ({ folder, assertions }, attempt) => {
      const others = assertions.filter(({ kind }) => kind !== 'files').map(({ kind }) => kind);
      if (others.length > 0) {
        throw notOfObjects(`can be asked for "files" alone, not for ${others.join(', ')}`);
      }
      const record = await readRecord(folder);
      // Restored beside, objects are files.
      if (record === undefined) {
        const copy = await readCopy(folder);
        return assertFiles(
          openAsAgent(open(copy.repository)),
          { record: copy, assertions },
          attempt,
        );
      }
      const differing = await on(
        record.context,
        attempt,
      )(async (api) => readBack(api, record.objects, await key()));
      return assertions.map(() => judgeObjects(record, differing));
    },
    removeCopy: async ({ folder, copy }: CopyCall & { folder: string }, attempt) => {
      const record = await readRecord(folder);
      if (!record) return { removed: existsSync(folder) };
      await on(record.context, attempt)((api) => removeUntilGone(api, { ...record, copy }));
      return { removed: true };
    },
    sweep: () => stages.sweep(Date.now()),
    inspectCopy: () =>
      Promise.resolve({ state: 'stopped', detail: 'objects are run by their cluster' }),
    runCopy: () => Promise.reject(notOfObjects('are run by their cluster')),
    writeMark: () => Promise.reject(notOfObjects('have no marks: they are read back')),
  };
}

function notOfObjects(what: string): AgentError {
  return new AgentError('refused', `objects of Kubernetes ${what}`);
}

function judgeObjects({ objects, label }: CopyRecord, differing: string[]): AssertionResult {
  const expected = `${objects.length} objects, as in snapshot ${label}`;
  const named = differing.slice(0, mostNamed).join('; ');
  return {
    ...{ name: 'files', passed: differing.length === 0 && objects.length > 0, expected },
    seen:
      differing.length === 0 ? `${objects.length} objects` : `${differing.length} differ: ${named}`,
  };
}

async function removeUntilGone(api: DynamicApi, record: CopyRecord): Promise<void> {
  const deadlineMs = performance.now() + goneWithinMs;
  for (;;) {
    const left = await removeApplied(api, record);
    if (left.length === 0) return;
    if (performance.now() > deadlineMs) {
      throw new AgentError('unfinished', `not gone yet: ${left.slice(0, mostNamed).join(', ')}`);
    }
    await sleep(lookEveryMs);
  }
}
