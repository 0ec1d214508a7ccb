import { setTimeout as sleep } from 'node:timers/promises';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import { killBoth } from './kill-both.ts';
import { lastReport } from './last-report.ts';
import type { SampleDatabase } from './sample-database.ts';
import { WritingClient } from './writing-client.ts';

const plan = 'demo/shop';
const writeEveryMs = 20;

/** A database under writes: backed up, proven, damaged, and found damaged. */
export async function runRecoveryStory(machine: Machine, database: SampleDatabase): Promise<void> {
  const client = await WritingClient.start(await database.connect(), writeEveryMs);
  narrate.event(
    `a client places an order every ${writeEveryMs} ms, and remembers those acknowledged`,
  );
  try {
    await backUp(machine, database);
    await proveMoment(machine, database, client);
    await findDamage(machine, database);
    const { acknowledged, failed } = client;
    narrate.result(`the client placed ${acknowledged.length} orders meanwhile, ${failed} failed`);
    expectThat(failed === 0, 'no order failed while backups, drills and damage went on');
  } finally {
    await client.stop();
  }
  narrate.scene('What is known of every set now');
  await machine.belay(['backup', 'list', plan]);
  await machine.belay(['backup', 'gaps', plan]);
}

async function backUp(machine: Machine, database: SampleDatabase): Promise<void> {
  narrate.scene('A backup, with worker and agent killed in the middle of it');
  const file = await database.writePlan();
  const running = machine.belay(['backup', 'run', '-f', file, '--watch']);
  await machine.untilStep(`backup/${plan}`, /^back up database/);
  await killBoth(machine, 'the backup');
  expectThat((await running).exitCode === 0, 'the backup was completed in spite of it');
  const { outcome, details } = await lastReport(machine, plan, 'backup');
  const sets = details.sets ?? [];
  expectThat(outcome === 'Complete', 'the ledger says that it is complete');
  expectThat(sets.length === 2, 'there is one set in each repository');
  narrate.result(
    `sets ${sets.map(({ set, repository }) => `${set?.label} in ${repository}`).join(', ')}`,
  );

  narrate.scene('Read back: exit code 0 of a tool is no proof');
  const verified = await machine.belay(['backup', 'verify', '-f', file, '--watch']);
  expectThat(verified.exitCode === 0, 'both sets are sound');
}

async function proveMoment(
  machine: Machine,
  database: SampleDatabase,
  client: WritingClient,
): Promise<void> {
  narrate.scene(
    'A drill to one second of the past, with worker and agent killed in the middle of it',
  );
  await sleep(3_000);
  const momentMs = Math.floor(Date.now() / 1_000) * 1_000;
  await sleep(1_000);
  await database.archive();
  const orders = client.countUntil(momentMs);
  const moment = new Date(momentMs).toISOString();
  narrate.event(`at ${moment} the client had ${orders} orders acknowledged`);
  const file = await database.writePlan({ orders });
  const running = machine.belay([
    ...['backup', 'drill', '-f', file, '--to-time', moment, '--watch'],
  ]);
  await machine.untilStep(`restore-drill/${plan}`, /^restore/);
  await killBoth(machine, 'the drill');
  expectThat((await running).exitCode === 0, 'the drill proved the moment in spite of it');
  const { outcome, details } = await lastReport(machine, plan, 'restoreDrill');
  expectThat(outcome === 'Proven', 'the ledger says that it is proven');
  const counted = details.drill?.assertions.find(({ name }) => name.includes('orders'));
  expectThat(counted?.seen === String(orders), `the copy had the ${orders} orders of the client`);
  narrate.result(`the copy had ${counted.seen} orders, no more and no less`);
  await expectNothingLeft(database);
}

async function findDamage(machine: Machine, database: SampleDatabase): Promise<void> {
  narrate.scene('Damage that no tool reports by its exit code');
  await database.archive();
  const segment = await database.deleteSegment('main');
  narrate.event(`segment ${segment} of the log is deleted in main`);
  const damaged = await database.flipBit('offsite');
  narrate.event(`one bit of ${damaged} is flipped in offsite`);
  const file = await database.writePlan();
  const verified = await machine.belay(['backup', 'verify', '-f', file, '--watch']);
  expectThat(verified.exitCode === 1, 'the verification did not pass');
  const { outcome, details } = await lastReport(machine, plan, 'backupVerification');
  expectThat(outcome === 'Damaged', 'the ledger says that sets are damaged');
  const found = (details.checks ?? []).flatMap(({ repository, check }) =>
    [...(check?.damage ?? []), ...(check?.log ?? [])].map(
      ({ where, what }) => `${repository}: ${where}: ${what}`,
    ),
  );
  for (const line of found) narrate.result(line);
  expectThat(
    found.some((line) => line.startsWith('main:') && line.includes(segment)),
    'the missing segment was named',
  );
  expectThat(
    found.some((line) => line.startsWith('offsite:') && line.includes(fileOf(damaged))),
    'the damaged file was named',
  );

  narrate.scene('A drill that fails, and says why');
  const drilled = await machine.belay([
    ...['backup', 'drill', '-f', file, '--repository', 'main', '--to-time', 'latest', '--watch'],
  ]);
  expectThat(drilled.exitCode === 1, 'the drill did not pass');
  const report = await lastReport(machine, plan, 'restoreDrill');
  expectThat(report.outcome === 'NotProven', 'the ledger says that it is not proven');
  narrate.result(report.reason);
  await expectNothingLeft(database);
}

/** Without what the tool adds for its compression. */
function fileOf(path: string): string {
  return path.replace(/\.(lz4|gz|zst|bz2)$/, '');
}

async function expectNothingLeft(database: SampleDatabase): Promise<void> {
  const copies = await database.copies();
  expectThat(copies.length === 0, `no copy is left (${copies.join(', ')})`);
  const processes = await database.strayProcesses();
  expectThat(processes.length === 0, `nothing runs any more (${processes.join('; ')})`);
  narrate.result('no copy and no process is left');
}
