import type { StoreHost } from '../../contracts/backups/backup-host.ts';
import type { StoreCall } from '../../contracts/backups/store.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { aboutCopy } from './about-copy.ts';
import { providerOf, refuse, type BackupParts } from './backup-parts.ts';
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
      aboutCopy(parts, { call, act: call.act, attempt }, ({ folder }, following) =>
        provider(call).runCopy({ ...call, folder }, following),
      ),
    inspectCopy: (call, attempt) =>
      aboutCopy(parts, { call, attempt }, ({ folder }, following) =>
        provider(call).inspectCopy({ ...call, folder }, following),
      ),
    assertCopy: (call, attempt) =>
      aboutCopy(parts, { call, act: call.act, attempt }, ({ acts, ...place }, following) => {
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

async function stopAll({ tools }: BackupParts, acts: readonly RunStep[]): Promise<void> {
  for (const act of acts) await tools.stop(act);
}

function isSameStep(one: RunStep, other: RunStep): boolean {
  return one.runRef === other.runRef && one.step === other.step;
}
