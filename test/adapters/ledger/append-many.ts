/** A process of its own that opens the ledger of `home`, or the one at `url`, and appends reports. */
import { openLedger } from '../../../src/adapters/ledger/open-ledger.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

const [home = '', url = '', prefix = '', count = '0'] = process.argv.slice(2);
const ledger = openLedger(
  { home, ledger: { keepMs: Infinity, ...(url !== '' && { url }) } },
  { isWorker: true },
);
for (let at = 0; at < Number(count); at += 1) {
  await ledger.append(rolloutReport({ runRef: `${prefix}-${at}`, startedAtMs: at }));
}
await ledger.close();
