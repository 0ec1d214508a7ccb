import type { BackupProvider, Tools } from '../../contracts/backups/provider.ts';
import type { StoreCall } from '../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import type { PostgresClusterSettings } from '../../specs/backups/agent-settings.ts';
import { checkSet } from './check/check-set.ts';
import { assertCopy } from './copies/assert-copy.ts';
import { inspectCopy } from './copies/inspect-copy.ts';
import { removeCopy } from './copies/remove-copy.ts';
import { restoreSet } from './copies/restore-set.ts';
import { runCopy } from './copies/run-copy.ts';
import { copySet } from './copy-set.ts';
import { expireSets } from './expire-sets.ts';
import { makeSet } from './make-set.ts';
import { examinePlace } from './place/examine-place.ts';
import { inspectServer } from './place/inspect-server.ts';
import { findOverdue, removeFolder } from './place/place-folders.ts';
import { startServer, stopServer } from './place/serve.ts';
import { keepReplaced, putBack, readPlace, swapIn } from './place/swap-place.ts';
import { measureSet } from './repository/measure-set.ts';
import { readRepository } from './repository/read-repository.ts';
import { createSearch } from './search/search-provider.ts';
import { examineSource } from './source/examine-source.ts';
import { writeMark } from './source/write-mark.ts';
import { ClusterTools } from './tool/cluster-tools.ts';

export interface PgBackRestOptions {
  tools: Tools;
  clusters: readonly PostgresClusterSettings[];
}

/** Backups of PostgreSQL by pgBackRest, and copies that are restored from them. */
export function createPgBackRest({ tools, clusters }: PgBackRestOptions): BackupProvider {
  const of = ({ component: { source } }: StoreCall): ClusterTools => {
    const wanted = source.kind === 'postgres' ? source.cluster : undefined;
    const found = clusters.find(({ name }) => name === wanted);
    if (found) return new ClusterTools(tools, found);
    const known = clusters.map(({ name }) => name).join(', ');
    throw new AgentError(
      'refused',
      `the agent has no cluster ${JSON.stringify(wanted)} in its settings; it has: ${known || 'none'}`,
    );
  };
  return {
    examineSource: async (call, attempt) => examineSource(of(call), call, attempt),
    readRepository: async (call, attempt) => readRepository(of(call), call, attempt),
    writeMark: async (call, attempt) => writeMark(of(call), call, attempt),
    makeSet: async (call, attempt) => makeSet(of(call), call, attempt),
    checkSet: async (call, attempt) => checkSet(of(call), call, attempt),
    expireSets: async (call, attempt) => expireSets(of(call), call, attempt),
    copySet: async (call, attempt) => copySet(of(call), call, attempt),
    restoreSet: async (call, attempt) => restoreSet(of(call), call, attempt),
    runCopy: async (call, attempt) => runCopy(of(call), call, attempt),
    inspectCopy: async (call, attempt) => inspectCopy(of(call), call, attempt),
    assertCopy: async (call, attempt) => assertCopy(of(call), call, attempt),
    removeCopy: async (call) => removeCopy(call),
    measureSet: async (call, attempt) => measureSet(of(call), call, attempt),
    sweep: (attempt) => sweepReplaced(tools, clusters, attempt),
    search: createSearch(of),
    place: {
      examinePlace: async (call, attempt) => examinePlace(of(call), call, attempt),
      readPlace: async (call, attempt) => readPlace(of(call), call, attempt),
      stopServer: async (call, attempt) =>
        stopServer({ host: tools, tools: of(call) }, call, attempt),
      swapIn: async (call, attempt) => swapIn(of(call), call, attempt),
      startServer: async (call, attempt) =>
        startServer({ host: tools, tools: of(call) }, call, attempt),
      inspectServer: async (call, attempt) => inspectServer(of(call), call, attempt),
      putBack: async (call, attempt) => putBack({ host: tools, tools: of(call) }, call, attempt),
      keepReplaced: async (call, attempt) => keepReplaced(of(call), call, attempt),
    },
  };
}

/** Former data folders whose time is over, and what a terminated run has restored and left. */
async function sweepReplaced(
  tools: Tools,
  clusters: readonly PostgresClusterSettings[],
  attempt: Attempt,
): Promise<void> {
  for (const cluster of clusters) {
    for (const path of await findOverdue(cluster.dataFolder, Date.now())) {
      await removeFolder(new ClusterTools(tools, cluster), path, attempt);
    }
  }
}
