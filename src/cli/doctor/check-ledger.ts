import { existsSync } from 'node:fs';
import { openLedger } from '../../adapters/ledger/open-ledger.ts';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { fail, messageOf, ok, type Finding } from './finding.ts';

/** Whether reports can be read and written; makes and upgrades nothing. */
export async function checkLedger(config: Pick<Config, 'home' | 'ledger'>): Promise<Finding[]> {
  const check = 'Ledger';
  const { ledgerDatabase } = homeLayout(config.home);
  if (config.ledger.url === undefined && !existsSync(ledgerDatabase)) {
    return [ok(check, `the first run will make ${ledgerDatabase}`)];
  }
  const ledger = openLedger(config, { changesNothing: true });
  try {
    await ledger.check();
    return [ok(check, ledger.place)];
  } catch (error) {
    return [fail(check, messageOf(error), 'Until then, history, audit and report have nothing.')];
  } finally {
    await ledger.close();
  }
}
