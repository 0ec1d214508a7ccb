import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../../src/contracts/recovery/database-details.ts';
import type { ReplicatedNode } from '../../archived-postgres/replicated-database.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import type { SampleReplicas } from './sample-replicas.ts';

const watch = 'database-watch/demo/orders';
const recovery = 'database/demo/orders';
const endsWithinMs = 120_000;

/** A primary is killed, replaced, refused, and brought back, while a client goes on writing. */
export async function runFailoverStory(machine: Machine, replicas: SampleReplicas): Promise<void> {
  const plan = await replicas.writePlan('never');
  await failOver(machine, replicas, plan);
  await bringBack(machine, replicas, plan);
  await switchBack(machine, replicas, await replicas.writePlan('auto'));
  await machine.belay(['abort', watch, '--as', 'demo', '--why', 'the demonstration ends']);
}

async function failOver(machine: Machine, replicas: SampleReplicas, plan: string): Promise<void> {
  const [first, second] = replicas.nodes;
  narrate.scene('A primary is killed under a client that writes, and so is the worker');
  await machine.belay(['database', 'watch', '-f', plan]);
  await machine.untilShown(watch, new RegExp(`Watching ${first.name}`));
  const client = replicas.startClient(1);
  await client.untilWriting();
  narrate.event(
    'a client behind PgBouncer inserts a row every 20 ms, and remembers those acknowledged',
  );
  await first.signalAll('SIGKILL');
  narrate.event(`SIGKILL to every process of ${first.name}, the primary`);
  const [worker] = await machine.workerPids();
  expectThat(worker !== undefined, 'there was a worker to kill');
  await sleep(300);
  process.kill(worker, 'SIGKILL');
  narrate.event(`SIGKILL to the worker (pid ${worker}) in the middle of the failover`);
  await untilLeads(machine, second);
  const { outcome, details } = await untilReport(machine, 'failover');
  expectThat(outcome === 'FailedOver', `the ledger says that ${second.name} leads`);
  const { fence, loss } = details;
  expectThat(fence !== undefined, 'the former primary was fenced before anything was promoted');
  for (const seen of fence.seen) narrate.result(`fence of ${first.name}: ${seen}`);
  await sleep(1_000);
  const figures = await client.stop();
  const lost = await replicas.countLost(second, figures);
  narrate.result(
    `the client could not write for ${seconds(figures.outageMs)}; of ${figures.acknowledged.length} rows that it saw acknowledged, ${lost} are lost`,
  );
  expectThat(loss?.bytes !== undefined, 'the loss was measured');
  narrate.result(`measured by Belay: ${loss.bytes} bytes of log lost (${loss.from})`);
  expectThat(lost === 0 || loss.bytes > 0, 'no row is lost that Belay did not announce');
}

async function bringBack(machine: Machine, replicas: SampleReplicas, plan: string): Promise<void> {
  const [first, second] = replicas.nodes;
  narrate.scene('The former primary is started by hand, and refused; then it is rejoined');
  const { exitCode } = await first.start();
  narrate.event(`pg_ctl start of ${first.name} ends with exit code ${exitCode}`);
  expectThat(exitCode !== 0, `${first.name} cannot be started as a second primary`);
  narrate.result('its control file has another name, and standby.signal is there');
  const rejoined = await machine.belay([
    ...['database', 'rejoin', '-f', plan, '--node', first.name, '--watch'],
  ]);
  expectThat(rejoined.exitCode === 0, `${first.name} was rejoined`);
  const streaming = await second.sql("SELECT 1 FROM pg_stat_replication WHERE state = 'streaming'");
  expectThat(streaming.length === 1, `${first.name} streams from ${second.name}`);
}

async function switchBack(machine: Machine, replicas: SampleReplicas, plan: string): Promise<void> {
  const [first] = replicas.nodes;
  narrate.scene('A switchover back, of which the client notices only a pause');
  const client = replicas.startClient(1_000_000);
  await client.untilWriting();
  const switched = await machine.belay(['database', 'switchover', '-f', plan, '--watch']);
  expectThat(switched.exitCode === 0, `${first.name} leads again, and the other streams from it`);
  await sleep(500);
  const figures = await client.stop();
  const lost = await replicas.countLost(first, figures);
  narrate.result(
    `the client waited for ${seconds(figures.outageMs)}; ${describeLoss(figures.failed, lost)}`,
  );
  expectThat(lost === 0, 'a switchover loses nothing');
}

async function untilLeads(machine: Machine, node: ReplicatedNode): Promise<void> {
  await machine.untilShown(watch, new RegExp(`Watching ${node.name}`), endsWithinMs);
}

async function untilReport(machine: Machine, kind: string): Promise<RunReport<DatabaseDetails>> {
  const deadline = Date.now() + endsWithinMs;
  for (;;) {
    const { output } = await machine.belay(
      ['history', 'demo/orders', '--kind', kind, '--limit', '1', '--json'],
      { quietly: true },
    );
    const [report] = JSON.parse(output) as RunReport<DatabaseDetails>[];
    if (report !== undefined) return report;
    expectThat(Date.now() < deadline, `${recovery} ended`);
    await sleep(200);
  }
}

/** `1 statement failed, 2 rows are lost`. */
export function describeLoss(failed: number, lost: number): string {
  const statements = failed === 1 ? '1 statement' : `${failed} statements`;
  const rows = lost === 1 ? '1 row is' : `${lost} rows are`;
  return `${statements} failed, ${rows} lost`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
