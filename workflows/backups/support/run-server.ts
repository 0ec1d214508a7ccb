import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { StopPoint } from '../../../src/contracts/backups/store.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { StoreActs } from './store-acts.ts';

export interface RunningServer {
  /** Why it has ended; absent: it runs. */
  ended(): string | undefined;
  /** Returns once it has ended. */
  end(): Promise<unknown>;
}

interface Served {
  store: StoreActs;
  copy: string;
  /** The host stops the server after this. */
  forMs: number;
  /** Where it waits, as this act. */
  waiting?: { act: RunStep; until: StopPoint };
}

/** Runs the server of a copy until it is ended. */
export function startServer({ store, copy, forMs, waiting }: Served): RunningServer {
  const server = new CancellationScope();
  let ended: string | undefined;
  const running = server
    .run(() => store.runCopy(copy, forMs, waiting))
    .then(() => 'its server stopped by itself')
    .catch((error: unknown) => (isCancellation(error) ? 'it was ended' : reasonOf(error)))
    .then((why) => (ended = why));
  return {
    ended: () => ended,
    end: () => {
      server.cancel();
      return CancellationScope.nonCancellable(() => running);
    },
  };
}
