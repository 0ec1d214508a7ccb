import type { StoreHost } from '../../contracts/backups/backup-host.ts';
import type { CopyPlace } from '../../contracts/backups/provider.ts';
import type { CopyCall, StoreCall } from '../../contracts/backups/store.ts';
import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { providerOf, refuse, requireCopies, type BackupParts } from './backup-parts.ts';
import type { CopyRecord } from './copies.ts';
import { removeCopy } from './remove-copy.ts';
import { restoreSet } from './restore-set.ts';

/** Every call is judged by the settings first, and then answered by the provider of its source. */
export function answerCalls(parts: BackupParts): StoreHost {
  const provider = (call: StoreCall) => providerOf(parts, call);
  return {
    examineSource: async (call, attempt) => {
      const { repositories } = call.component;
      await refuse(parts, call, { repositories, touchesSource: true });
      return provider(call).examineSource(call, attempt);
    },
    readRepository: async (call, attempt) => {
      await refuse(parts, call, { repositories: [call.repository] });
      return provider(call).readRepository(call, attempt);
    },
    writeMark: async (call, attempt) => {
      await refuse(parts, call, { touchesSource: true });
      return provider(call).writeMark(call, attempt);
    },
    makeSet: async (call, attempt) => {
      await refuse(parts, call, { repositories: [call.repository], touchesSource: true });
      return provider(call).makeSet(call, attempt);
    },
    checkSet: async (call, attempt) => {
      await refuse(parts, call, { repositories: [call.repository], labels: [call.label] });
      return provider(call).checkSet(call, attempt);
    },
    expireSets: async (call, attempt) => {
      await refuse(parts, call, { repositories: [call.repository], labels: call.labels });
      return provider(call).expireSets(call, attempt);
    },
    copySet: async (call, attempt) => {
      const repositories = [call.repository, call.to];
      await refuse(parts, call, { repositories, labels: [call.label] });
      return provider(call).copySet(call, attempt);
    },
    restoreSet: (call, attempt) => restoreSet(parts, call, attempt),
    runCopy: (call, attempt) =>
      about(parts, { call, act: call.act, attempt }, ({ folder }, following) =>
        provider(call).runCopy({ ...call, folder }, following),
      ),
    inspectCopy: (call, attempt) =>
      about(parts, { call, attempt }, ({ folder }, following) =>
        provider(call).inspectCopy({ ...call, folder }, following),
      ),
    assertCopy: (call, attempt) =>
      about(parts, { call, act: call.act, attempt }, ({ acts, ...place }, following) => {
        const others = acts.filter((one) => !isSameStep(one, call.act));
        const endServer = () => stopAll(parts, others);
        return provider(call).assertCopy({ ...call, ...place, endServer }, following);
      }),
    removeCopy: async (call, attempt) => {
      await refuse(parts, call, {});
      return { removed: await removeCopy(parts, call, attempt) };
    },
  };
}

/** A copy is kept for its time from now on, and the act is ended before it is removed. */
async function about<T>(
  parts: BackupParts,
  { call, act, attempt }: { call: CopyCall; act?: RunStep; attempt: Attempt },
  work: (copy: CopyPlace & Pick<CopyRecord, 'acts'>, following: Attempt) => Promise<T>,
): Promise<T> {
  await refuse(parts, call, {});
  const copies = requireCopies(parts);
  const { copy } = call;
  return parts.calls.during({ copies, copy }, attempt, async (following) => {
    const { acts } = await copies.touch(copy, act);
    return work({ folder: copies.folderOf(copy), acts }, following);
  });
}

async function stopAll({ tools }: BackupParts, acts: readonly RunStep[]): Promise<void> {
  for (const act of acts) await tools.stop(act);
}

function isSameStep(one: RunStep, other: RunStep): boolean {
  return one.runRef === other.runRef && one.step === other.step;
}
