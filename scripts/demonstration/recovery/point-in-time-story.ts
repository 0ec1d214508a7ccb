import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InsertingClient } from '../../archived-postgres/inserting-client.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import { killBoth } from './kill-both.ts';
import { lastReport } from './last-report.ts';
import type { SampleDatabase } from './sample-database.ts';

const database = 'demo/shop';
const recovery = `point-in-time-recovery/${database}`;

/** A bad transaction is found and undone, while a client goes on writing. */
export async function runPointInTimeStory(machine: Machine, shop: SampleDatabase): Promise<void> {
  narrate.scene('New backups in both repositories, in place of the damaged ones');
  const made = await machine.belay([
    ...['backup', 'run', '-f', await shop.writePlan(), '--type', 'full', '--watch'],
  ]);
  expectThat(made.exitCode === 0, 'new backups were made');

  narrate.scene('A bad transaction, found and undone, with worker and agent killed twice');
  const client = new InsertingClient(() => shop.connect(), 1);
  await client.untilWriting();
  const bad = await shop.spoilGoods();
  narrate.event(
    `transaction ${bad.xid} empties ${bad.goods} goods, under a client that inserts a row every 20 ms`,
  );
  await client.untilWriting();
  await recover(machine, shop);
  await client.untilWriting();
  const { outageMs, acknowledged } = await client.stop();

  const { outcome, details } = await lastReport(machine, database, 'pointInTimeRecovery');
  expectThat(outcome === 'Recovered', 'the ledger says that the database was recovered');
  const { firstBad, probes, copies, exported } = details.search ?? {};
  expectThat(firstBad?.xid === bad.xid, `transaction ${bad.xid} was found`);
  narrate.result(
    `found: transaction ${firstBad.xid} at ${firstBad.lsn}, by ${probes} questions to ${copies} copy`,
  );
  expectThat((await shop.countSpoilt()) === 0, 'all goods are as they were');
  const kept = await shop.marks();
  const undone = acknowledged.filter((id) => !kept.has(id));
  expectThat(exported !== undefined, 'rows written since were exported');
  const written = await readFile(join(exported.folder, 'public.marks.csv'), 'utf8');
  const saved = new Set(written.split('\n').map(Number));
  const lost = undone.filter((id) => !saved.has(id));
  narrate.result(
    `the client could not write for ${(outageMs / 1_000).toFixed(1)} s; of ${acknowledged.length} rows that it saw acknowledged, ${undone.length} came after the bad transaction and are in ${exported.folder}, ${lost.length} are lost`,
  );
  expectThat(lost.length === 0, 'each acknowledged row is in the database, or in a file');
}

async function recover(machine: Machine, shop: SampleDatabase): Promise<void> {
  const file = await shop.writeRecovery();
  const running = machine.belay(['database', 'recover', '-f', file, '--watch']);
  await machine.untilStep(recovery, /^restore/);
  await killBoth(machine, 'the search');
  await machine.untilShown(recovery, /awaiting-approval|waits for approval/i);
  await sleep(2_000);
  await machine.belay(['approve', recovery, '--as', 'ana', '--why', 'the goods matter more']);
  await machine.untilStep(recovery, /^(stop|swap|start|recover) /);
  await killBoth(machine, 'the swap');
  expectThat((await running).exitCode === 0, 'the database was recovered in spite of it');
}
