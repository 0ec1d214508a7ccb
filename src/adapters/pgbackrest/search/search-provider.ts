import type { SearchProvider } from '../../../contracts/backups/provider.ts';
import type { StoreCall } from '../../../contracts/backups/store.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { askCheck } from './ask-check.ts';
import { examineExport } from './examine-export.ts';
import { exportRows } from './export-rows.ts';
import { endLog, holdWrites, readWrites, releaseWrites } from './hold-writes.ts';
import { LatestCall } from './latest-call.ts';
import { readCommit, weighLoss } from './read-commits.ts';
import { readHistory } from './read-history.ts';
import { searchCopy } from './search-copy.ts';

/** How a database is searched for its last good moment, by the log that pgBackRest has archived. */
export function createSearch(of: (call: StoreCall) => ClusterTools): SearchProvider {
  const searches = new LatestCall();
  return {
    readHistory: async (call, attempt) => readHistory(of(call), call, attempt),
    searchCopy: (call, attempt) =>
      searches.take(call.folder, attempt, (following) => searchCopy(of(call), call, following)),
    readCommit: async (call) => readCommit(call),
    weighLoss: async (call, attempt) => weighLoss(of(call), call, attempt),
    askCheck: async (call, attempt) => askCheck(of(call), call, attempt),
    endLog: async (call, attempt) => endLog(of(call), attempt),
    readWrites: async (call, attempt) => readWrites(of(call), attempt),
    holdWrites: async (call, attempt) => holdWrites(of(call), call, attempt),
    examineExport: async (call, attempt) => examineExport(of(call), call, attempt),
    exportRows: async (call, attempt) => exportRows(of(call), call, attempt),
    releaseWrites: async (call, attempt) => releaseWrites(of(call), call, attempt),
  };
}
