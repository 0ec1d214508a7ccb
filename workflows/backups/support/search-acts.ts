import { proxyActivities } from '@temporalio/workflow';
import type {
  Among,
  Check,
  CopySearchActivities,
  RowsWanted,
  SearchCopyCall,
} from '../../../src/contracts/backups/search.ts';
import type { CopyCall } from '../../../src/contracts/backups/store.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import { createComponentCalls, type CallsAbout } from './component-calls.ts';

export type SearchActs = ReturnType<typeof createSearchActs>;

/** What is read of a log, and from where. */
export interface WantedHistory {
  copy: string;
  repository: string;
  table?: { database: string; name: string };
  untilLsn?: string;
  untilMs?: number;
}

/** Everything a run does to find the last good moment of a database. */
export function createSearchActs(calls: CallsAbout) {
  const { about, what, options, nextStep, answer } = createComponentCalls(calls);
  const reads = proxyActivities<CopySearchActivities>(options.reads);
  const long = proxyActivities<CopySearchActivities>(options.long);

  return {
    readHistory: (wanted: WantedHistory) =>
      answer(
        long.readHistory.executeWithOptions({ summary: `log of ${what}` }, [
          { ...about, ...wanted },
        ]),
      ),

    searchCopy: (
      copy: string,
      check: Check,
      known: Omit<SearchCopyCall, keyof CopyCall | 'check'>,
    ) =>
      answer(
        long.searchCopy.executeWithOptions({ summary: `search ${copy}` }, [
          { ...about, ...known, copy, check },
        ]),
      ),

    readCommit: (copy: string, among: Among, place: number) =>
      answer(
        reads.readCommit.executeWithOptions({ summary: `transaction ${place} of ${what}` }, [
          { ...about, copy, among, place },
        ]),
      ),

    weighLoss: (copy: string, from: number, database: string) =>
      answer(
        reads.weighLoss.executeWithOptions({ summary: `what ${what} would lose` }, [
          { ...about, copy, from, database },
        ]),
      ),

    /** Without a copy: of the server of the cluster. */
    askCheck: (check: Check, copy?: string) =>
      answer(
        reads.askCheck.executeWithOptions({ summary: `check ${copy ?? what}` }, [
          { ...about, check, ...(copy !== undefined && { copy }) },
        ]),
      ),

    endLog: () =>
      answer(
        reads.endLog.executeWithOptions({ summary: `close the log of ${what}` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    readWrites: () =>
      answer(
        reads.readWrites.executeWithOptions({ summary: `whether writes of ${what} are held` }, [
          about,
        ]),
      ),

    holdWrites: () =>
      answer(
        reads.holdWrites.executeWithOptions({ summary: `hold the writes of ${what}` }, [
          { ...about, act: nextStep() },
        ]),
      ),

    examineExport: (rows: RowsWanted) =>
      answer(
        reads.examineExport.executeWithOptions({ summary: `examine an export of ${what}` }, [
          { ...about, ...rows },
        ]),
      ),

    exportRows: (act: RunStep, sinceXid: string, rows: RowsWanted) =>
      answer(
        long.exportRows.executeWithOptions({ summary: `export rows of ${what}` }, [
          { ...about, ...rows, act, sinceXid },
        ]),
      ),

    nextStep,

    releaseWrites: () =>
      answer(
        reads.releaseWrites.executeWithOptions({ summary: `release the writes of ${what}` }, [
          { ...about, act: nextStep() },
        ]),
      ),
  };
}
