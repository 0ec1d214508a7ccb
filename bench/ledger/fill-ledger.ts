import { openLibsql } from '../../src/adapters/ledger/libsql/open-libsql.ts';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { appendRuns } from '../../src/adapters/ledger/runs.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { progress } from '../report/tell.ts';

const atOnce = 500;
const minuteMs = 60_000;

/** A SQLite ledger with so many rollouts, one a minute until now, of these services in turn. */
export async function fillLedger(
  home: string,
  entries: number,
  services: readonly string[],
): Promise<void> {
  const keepMs = (entries + 1_000) * minuteMs;
  const ledger = openLedger({ home, ledger: { keepMs } });
  await ledger.check();
  await ledger.close();
  const { db, close } = openLibsql(homeLayout(home).ledgerDatabase);
  const beginMs = Date.now() - entries * minuteMs;
  try {
    for (let first = 0; first < entries; first += atOnce) {
      const count = Math.min(atOnce, entries - first);
      const reports = Array.from({ length: count }, (_, index) =>
        reportOf(first + index, beginMs, services),
      );
      await db.transaction().execute((transaction) => appendRuns(transaction, reports));
      if (first % 100_000 === 0) progress(`${first} entries`);
    }
  } finally {
    await close();
  }
}

function reportOf(index: number, beginMs: number, services: readonly string[]): RunReport {
  const name = services[index % services.length] ?? '';
  const startedAtMs = beginMs + index * minuteMs;
  const version = `v${Math.floor(index / services.length)}`;
  return {
    ...{ format: 2, family: 'rollouts', kind: 'canary' },
    ...{ runRef: `run-${index}`, workflowId: `rollout/demo/${name}`, runId: `execution-${index}` },
    subject: { environment: 'demo', name },
    ...{ outcome: 'Promoted', reason: `${version} went through every stage` },
    ...{ startedAtMs, endedAtMs: startedAtMs + minuteMs, startedBy: 'ana@laptop' },
    ...{ people: [], undo: [], notes: [] },
    details: { version, stages: [] },
  };
}
