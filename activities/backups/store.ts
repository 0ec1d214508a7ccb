import type { BackupHost } from '../../src/contracts/backups/backup-host.ts';
import type { DatabasePlaceActivities } from '../../src/contracts/backups/place.ts';
import type { CopySearchActivities } from '../../src/contracts/backups/search.ts';
import type { BackupStoreActivities, StoreCall } from '../../src/contracts/backups/store.ts';
import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import { isMapping } from '../../src/specs/kernel/finding.ts';
import { onHost } from '../kernel/support/on-host.ts';
import { readInPages } from './support/read-in-pages.ts';

/** What the queue of an agent carries out for backups, beside its commands and probes. */
export function createBackupStoreActivities(
  agent: string,
  host: BackupHost,
): BackupStoreActivities & DatabasePlaceActivities & CopySearchActivities {
  const on = onHost<StoreCall>(agent, refuseMalformed);
  const act = { named: 'act' } as const;
  return {
    examineSource: on(host.examineSource),
    readRepository: on(readInPages(host.readRepository)),
    writeMark: on(host.writeMark, act),
    makeSet: on(host.makeSet, act),
    checkSet: on(host.checkSet, act),
    expireSets: on(host.expireSets, act),
    copySet: on(host.copySet, act),
    restoreSet: on(host.restoreSet, act),
    runCopy: on(host.runCopy, act),
    inspectCopy: on(host.inspectCopy),
    assertCopy: on(host.assertCopy, act),
    removeCopy: on(host.removeCopy, act),
    examinePlace: on(host.examinePlace),
    readPlace: on(host.readPlace),
    stopServer: on(host.stopServer, act),
    swapIn: on(host.swapIn, act),
    startServer: on(host.startServer, act),
    inspectServer: on(host.inspectServer),
    putBack: on(host.putBack, act),
    keepReplaced: on(host.keepReplaced, act),
    readHistory: on(host.readHistory),
    searchCopy: on(host.searchCopy),
    readCommit: on(host.readCommit),
    weighLoss: on(host.weighLoss),
    askCheck: on(host.askCheck),
    endLog: on(host.endLog, act),
    readWrites: on(host.readWrites),
    holdWrites: on(host.holdWrites, act),
    releaseWrites: on(host.releaseWrites, act),
    examineExport: on(host.examineExport),
    exportRows: on(host.exportRows, act),
  };
}

function refuseMalformed({ plan, component }: Partial<StoreCall>): void {
  const isWhole = isMapping(plan) && isMapping(component) && isMapping(component.source);
  if (isWhole) return;
  throw new AgentError('refused', 'a call names its plan, and a component with its source');
}
