import type { AskBudgets } from '../../src/contracts/kernel/budget-gate.ts';
import type {
  MonitorState,
  ObjectiveStore,
} from '../../src/contracts/objectives/objective-store.ts';
import { isGated, judgeGate } from '../../src/policies/objectives/judge-gate.ts';

/** No start waits longer for the ledger. */
const patienceMs = 3_000;

/** Asks what the monitor of an environment saw last, as the ledger has it. */
export function createBudgetGate(
  store: Pick<ObjectiveStore, 'readState'>,
  { now, patience }: { now: () => number; patience: number } = {
    now: () => Date.now(),
    patience: patienceMs,
  },
): AskBudgets {
  return async (environment, request) => {
    if (!isGated(request)) return { notes: [] };
    try {
      return judgeGate(await within(store.readState(environment), patience), request, now());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { notes: [`Error budgets were not asked: ${why.slice(0, 300)}`] };
    }
  };
}

async function within(
  reading: Promise<MonitorState | undefined>,
  ms: number,
): Promise<MonitorState | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the ledger did not answer within ${ms}ms`)), ms);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
