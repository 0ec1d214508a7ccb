import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import type { Minute } from '../../src/contracts/objectives/minute.ts';

/** What a monitor has written into the ledger of this folder. */
export async function readMinutes(
  home: string,
  environment: string,
  span: { fromMs: number; untilMs: number },
): Promise<Map<string, Minute[]>> {
  const ledger = openLedger({ home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
  try {
    return await ledger.objectives.listMinutes({ environment, ...span });
  } finally {
    await ledger.close();
  }
}
