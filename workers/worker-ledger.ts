import { openLedger, type LedgerDatabase } from '../src/adapters/ledger/open-ledger.ts';
import type { Config } from '../src/config/config.ts';

interface Log {
  info(message: string, fields: object): void;
  warn(message: string, fields: object): void;
}

export interface WorkerLedger extends LedgerDatabase {
  /** Removes what is older than is kept, once an hour at most; called as often as one likes. */
  pruneNowAndThen(): void;
}

const pruneEveryMs = 60 * 60_000;

/** The ledger as workers use it: they upgrade it, import what was there before, and remove what is old. */
export function openWorkerLedger(config: Pick<Config, 'home' | 'ledger'>, log: Log): WorkerLedger {
  const ledger = openLedger(config, {
    isWorker: true,
    onDamaged: ({ entry, problem }) => {
      log.warn('left out what cannot be read in the ledger', { entry, problem });
    },
    onImported: (count) => {
      log.info('imported files of the earlier ledger, which stay where they are', { count });
    },
  });
  let prunedAtMs = -Infinity;
  return {
    ...ledger,
    pruneNowAndThen: () => {
      if (performance.now() - prunedAtMs < pruneEveryMs) return;
      prunedAtMs = performance.now();
      ledger.prune().then(
        (count) => {
          if (count > 0) log.info('removed old runs from the ledger', { count });
        },
        (error: unknown) => {
          log.warn('old runs stay in the ledger', { error: String(error) });
        },
      );
    },
  };
}
