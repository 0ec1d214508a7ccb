import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from '../../load/load-client.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import { DirectProbe } from './direct-probe.ts';
import { oneFreezesForLonger, packetsAreLost } from './experiments.ts';
import { narrateEvidence, untilReport } from './last-experiment.ts';
import type { Replica } from './replica.ts';
import type { SampleShop } from './sample-shop.ts';

/** How much later than its lease a fault may end. */
const lateMs = 5_000;
const killedAfterMs = 3_000;
const quietMs = 2_000;

/** Everything that could remove a fault is killed while the fault is there. */
export async function loseEverything(
  machine: Machine,
  shop: SampleShop,
  load: Load,
): Promise<void> {
  narrate.scene(
    'Packets are being lost, and everything that could remove the fault is killed with SIGKILL',
  );
  const experiment = shop.noNetworks === undefined ? packetsAreLost : oneFreezesForLonger;
  if (shop.noNetworks !== undefined) {
    narrate.event(
      `THIS MACHINE HAS NO NETWORK NAMESPACES FOR US (${shop.noNetworks}): a replica is frozen instead`,
    );
  }
  const before = { sent: load.counts.sent, lost: load.counts.lost };
  const probes = new Map(shop.replicas.map((replica) => [replica, new DirectProbe(replica.url)]));
  const file = await shop.write(experiment);
  await machine.belay(['chaos', 'run', '-f', file]);
  const hit = await untilHit(shop);
  await sleep(killedAfterMs);
  const [fault = ''] = hit.faults();
  expectThat(fault !== '', 'the fault was there when everything was killed');
  const leaseEndsAtMs = leaseEndOf(hit);
  const killed = await machine.killEverything(shop.replicas.map(({ name }) => name));
  const killedAtMs = Date.now();
  narrate.event(`SIGKILL to ${killed.join(', ')}`);
  narrate.event(`still there, on ${hit.name}: ${fault}`);
  narrate.event(`its lease ends in ${seconds(leaseEndsAtMs - killedAtMs)}`);
  await sleep(1_000);
  expectThat(hit.faults().length > 0, 'the fault did not end with those who had injected it');

  const goneAtMs = await untilGone(hit, leaseEndsAtMs + lateMs);
  await sleep(quietMs);
  for (const probe of probes.values()) await probe.stop();
  const probe = probes.get(hit);
  const lastFailedAtMs = probe?.lastFailedAtMs;
  expectThat(lastFailedAtMs !== undefined, 'the probe of the demonstration felt the fault');
  narrate.result(
    `gone by itself ${seconds(goneAtMs - killedAtMs)} after that, ${seconds(Math.abs(goneAtMs - leaseEndsAtMs))} ${goneAtMs < leaseEndsAtMs ? 'before' : 'after'} the end of its lease: ${shop.noNetworks === undefined ? 'iptables-save and tc of its namespace' : '/proc'} as before`,
  );
  narrate.result(
    `asked past the balancer, ${hit.name} left ${probe?.failed} of ${probe?.asked} requests without an answer, the last sent ${seconds(lastFailedAtMs - killedAtMs)} after the kill`,
  );
  expectThat(lastFailedAtMs > killedAtMs, 'requests failed after everything was killed');
  expectThat(lastFailedAtMs <= leaseEndsAtMs + lateMs, 'every request was answered from then on');
  expectThat(!(await machine.isUp()), 'nothing had been started again by then');
  narrate.result(
    `the client behind the balancer saw ${load.counts.sent - before.sent} requests meanwhile, ${load.counts.lost - before.lost} failed`,
  );

  narrate.scene('Everything is started again, and the run ends with its true verdict');
  await machine.up();
  for (const { name, file: settings } of await shop.writeAgentSettings()) {
    await machine.startAgent(name, settings);
  }
  const report = await untilReport(machine, experiment.experiment, 120_000);
  narrateEvidence(report);
  narrate.result(`${report.outcome}: ${report.reason}`);
  narrate.event('a fault that nobody watched to its end neither proves nor refutes a hypothesis');
  expectThat(
    report.outcome === 'Inconclusive' || report.outcome === 'Aborted',
    'a fault that nobody watched to its end is not called Passed or Failed',
  );
  expectThat(report.details.leftBehind.length === 0, 'the run says that nothing was left behind');
  expectThat(
    shop.replicas.every((replica) => replica.faults().length === 0),
    'nothing is left behind',
  );
  narrate.result('nothing is left: no rule, no queue, no process that is stopped');
}

async function untilHit({ replicas }: SampleShop): Promise<Replica> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const hit = replicas.find((replica) => replica.faults().length > 0);
    if (hit !== undefined) return hit;
    expectThat(Date.now() < deadline, 'the fault was injected');
    await sleep(100);
  }
}

/** Returns when it was seen to be gone. */
async function untilGone(replica: Replica, deadlineMs: number): Promise<number> {
  for (;;) {
    if (replica.faults().length === 0) return Date.now();
    expectThat(Date.now() < deadlineMs, `the fault was gone ${seconds(lateMs)} after its lease`);
    await sleep(100);
  }
}

/** As the watchdog has it on disk. */
function leaseEndOf({ stateFolder }: Replica): number {
  const acts = join(stateFolder, 'acts');
  const states = readdirSync(acts, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/state.json'))
    .map(
      (path) =>
        JSON.parse(readFileSync(join(acts, path), 'utf8')) as { lease?: { expiresAtMs: number } },
    );
  return Math.max(...states.map(({ lease }) => lease?.expiresAtMs ?? 0));
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
