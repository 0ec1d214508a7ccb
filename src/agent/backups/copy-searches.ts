import { join } from 'node:path';
import type { SearchHost, SearchProvider } from '../../contracts/backups/provider.ts';
import type { CopyCall, StoreCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import { planStops } from '../../policies/backups/search/plan-stops.ts';
import { aboutCopy } from './about-copy.ts';
import { providerOf, refuse, type BackupParts } from './backup-parts.ts';

/** What an agent does to find the last good moment of a database: by copies of its own, and its clusters. */
export function createSearches(parts: BackupParts): SearchHost {
  const of = (call: StoreCall): SearchProvider => {
    const { search } = providerOf(parts, call);
    if (search !== undefined) return search;
    throw new AgentError('refused', `agent ${parts.agent} searches only databases`);
  };
  const onSource = async (call: StoreCall): Promise<SearchProvider> => {
    await refuse(parts, call, { touchesSource: true });
    return of(call);
  };
  return {
    readHistory: async (call, attempt) => {
      await refuse(parts, call, { repositories: [call.repository], touchesSource: true });
      return aboutCopy(parts, { call, attempt }, ({ folder }, following) =>
        of(call).readHistory({ ...call, folder }, following),
      );
    },
    searchCopy: (call, attempt) =>
      aboutCopy(parts, { call, attempt }, ({ folder }, following) =>
        of(call).searchCopy({ ...call, folder, planStops }, following),
      ),
    readCommit: (call, attempt) =>
      aboutCopy(parts, { call, attempt }, ({ folder }, following) =>
        of(call).readCommit({ ...call, folder }, following),
      ),
    weighLoss: (call, attempt) =>
      aboutCopy(parts, { call, attempt }, ({ folder }, following) =>
        of(call).weighLoss({ ...call, folder }, following),
      ),
    askCheck: async (call, attempt) => {
      const { copy } = call;
      if (copy === undefined) return (await onSource(call)).askCheck(call, attempt);
      const about: CopyCall & typeof call = { ...call, copy };
      return aboutCopy(parts, { call: about, attempt }, ({ folder }, following) =>
        of(call).askCheck({ ...call, folder }, following),
      );
    },
    endLog: async (call, attempt) => (await onSource(call)).endLog(call, attempt),
    readWrites: async (call, attempt) => (await onSource(call)).readWrites(call, attempt),
    holdWrites: async (call, attempt) => (await onSource(call)).holdWrites(call, attempt),
    examineExport: async (call, attempt) =>
      (await onSource(call)).examineExport({ ...call, folder: exportsOf(parts) }, attempt),
    exportRows: async (call, attempt) =>
      (await onSource(call)).exportRows({ ...call, folder: exportsOf(parts) }, attempt),
    releaseWrites: async (call, attempt) => (await onSource(call)).releaseWrites(call, attempt),
  };
}

function exportsOf({ agent, settings: { scratch } }: BackupParts): string {
  if (scratch !== undefined) return join(scratch.folder, 'exports');
  throw new AgentError(
    'refused',
    `agent ${agent} exports no rows; its settings name no scratch folder`,
  );
}
