import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad, type Load } from '../../load/load-client.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import { patienceMs } from './balancer.ts';
import { bothFreeze, oneCrashes, oneFreezes, refused } from './experiments.ts';
import { loseEverything } from './everything-killed.ts';
import { delayOneTrack } from './one-of-two-tracks.ts';
import { narrateEvidence, untilReport } from './last-experiment.ts';
import type { SampleShop } from './sample-shop.ts';

const requestsPerSecond = 50;

/** Faults that the shop withstands, one that it does not, and one that outlives everything but its lease. */
export async function runChaosStory(machine: Machine, shop: SampleShop): Promise<void> {
  for (const { name, file } of await shop.writeAgentSettings()) {
    await machine.startAgent(name, file);
  }
  const load = startLoad({
    ...{ url: shop.balancer.url, ratePerSecond: requestsPerSecond },
    ...{ keepAlive: false, timeoutMs: 2_000 },
  });
  narrate.event(
    `a client sends ${requestsPerSecond} requests a second to a balancer, which asks the other of two replicas where one has not answered within ${patienceMs}ms`,
  );
  try {
    await refuse(machine, shop);
    await freezeOne(machine, shop, load);
    await crashOne(machine, shop, load);
    await freezeBoth(machine, shop, load);
    await delayOneTrack(machine, shop);
    await loseEverything(machine, shop, load);
  } finally {
    await load.stop();
  }
  narrate.scene('What was run, and what was found');
  await machine.belay(['chaos', 'list']);
  await machine.belay(['chaos', 'findings']);
}

async function refuse(machine: Machine, shop: SampleShop): Promise<void> {
  narrate.scene('A spec with mistakes is refused with all of them, and a preview injects nothing');
  const checked = await machine.belay(['chaos', 'check', await shop.write(refused)]);
  expectThat(checked.exitCode === 2, 'the spec was refused');
  const file = await shop.write(oneFreezes);
  const previewed = await machine.belay(['chaos', 'preview', '-f', file]);
  expectThat(previewed.exitCode === 0, 'the preview found nothing that speaks against it');
  expectThat(faultsOf(shop).length === 0, 'the preview injected nothing');
}

async function freezeOne(machine: Machine, shop: SampleShop, load: Load): Promise<void> {
  narrate.scene('One of two replicas hangs: the hypothesis holds');
  const counts = countsSince(load, shop);
  const running = run(machine, await shop.write(oneFreezes));
  narrate.event(
    `seen in /proc by the demonstration itself: ${(await untilFaults(shop, 1)).join()}`,
  );
  expectThat((await running).exitCode === 0, 'the experiment passed');
  const report = await untilReport(machine, oneFreezes.experiment);
  expectThat(report.outcome === 'Passed', 'the ledger says that it passed');
  narrateEvidence(report);
  const { sent, lost, rescued } = counts();
  narrate.result(
    `the client saw ${sent} requests, ${lost} failed; ${rescued} of them the other replica answered`,
  );
  expectThat(rescued > 0, 'the fault was felt: the balancer had to ask the other replica');
  expectThat(lost <= sent / 20, 'at most 5% of the requests of the client failed');
  expectThat(faultsOf(shop).length === 0, 'no fault is left');
}

async function crashOne(machine: Machine, shop: SampleShop, load: Load): Promise<void> {
  narrate.scene('One of two replicas is killed, and its supervisor starts it again');
  const counts = countsSince(load, shop);
  const before = starts(shop);
  const { exitCode } = await run(machine, await shop.write(oneCrashes));
  expectThat(exitCode === 0, 'the experiment passed');
  const report = await untilReport(machine, oneCrashes.experiment);
  expectThat(report.outcome === 'Passed', 'the ledger says that it passed');
  narrateEvidence(report);
  const { sent, lost } = counts();
  narrate.result(`the client saw ${sent} requests, ${lost} failed`);
  expectThat(starts(shop) === before + 1, 'one replica was started again, once');
  expectThat(lost <= sent / 20, 'at most 5% of the requests of the client failed');
}

async function freezeBoth(machine: Machine, shop: SampleShop, load: Load): Promise<void> {
  narrate.scene('Both replicas hang: the hypothesis cannot hold, and the run says so');
  const counts = countsSince(load, shop);
  const running = run(machine, await shop.write(bothFreeze));
  narrate.event(`seen in /proc: ${(await untilFaults(shop, 2)).join(', ')}`);
  expectThat((await running).exitCode === 1, 'the experiment did not pass');
  const report = await untilReport(machine, bothFreeze.experiment);
  expectThat(report.outcome === 'Failed', 'the ledger says that it failed');
  const { sent, lost } = counts();
  narrate.result(`the client saw ${sent} requests, ${lost} failed`);
  expectThat(lost > 0, 'the client felt it');
  const { output } = await machine.belay(['chaos', 'findings']);
  expectThat(output.includes(`demo/${bothFreeze.experiment}`), 'it is listed as a finding');
  expectThat(faultsOf(shop).length === 0, 'no fault is left');
}

function run(machine: Machine, file: string) {
  return machine.belay(['chaos', 'run', '-f', file, '--watch', '--why', 'a demonstration']);
}

function faultsOf({ replicas }: SampleShop): string[] {
  return replicas.flatMap((replica) => replica.faults());
}

async function untilFaults(shop: SampleShop, count: number): Promise<string[]> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const found = faultsOf(shop);
    if (found.length >= count) return found;
    expectThat(Date.now() < deadline, `${count} faults were there`);
    await sleep(100);
  }
}

function starts({ replicas }: SampleShop): number {
  return replicas.reduce((sum, { starts: own }) => sum + own, 0);
}

/** What the client and the balancer counted from here on. */
function countsSince({ counts }: Load, { balancer }: SampleShop) {
  const before = { sent: counts.sent, lost: counts.lost, rescued: balancer.rescued };
  return () => ({
    sent: counts.sent - before.sent,
    lost: counts.lost - before.lost,
    rescued: balancer.rescued - before.rescued,
  });
}
