import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../load/load-client.ts';
import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';
import { oneTrackIsLate, trackDelayMs } from './experiments.ts';
import { narrateEvidence, untilReport } from './last-experiment.ts';
import type { SampleShop } from './sample-shop.ts';

const requestsPerSecond = 100;
const askedEveryMs = 20;

/** Requests to one of two tracks of the same release are late, and that is told from the other. */
export async function delayOneTrack(machine: Machine, shop: SampleShop): Promise<void> {
  narrate.scene('Requests to one of two tracks of a release are late: told from the other one');
  const deployed = await machine.belay(['deploy', '-f', 'examples/first-release.yaml', '--watch']);
  expectThat(deployed.exitCode === 0, 'the release was promoted');
  const url = await addressOf(machine);
  const load = startLoad({ url, ratePerSecond: requestsPerSecond, keepAlive: true });
  const probe = new LateProbe(url);
  try {
    const file = await shop.write(oneTrackIsLate);
    const args = ['chaos', 'run', '-f', file, '--watch', '--why', 'a demonstration'];
    const { exitCode } = await machine.belay(args);
    expectThat(exitCode === 1, 'the experiment did not pass');
  } finally {
    await probe.stop();
    await load.stop();
  }
  const report = await untilReport(machine, oneTrackIsLate.experiment);
  narrateEvidence(report);
  const { outcome, reason, details } = report;
  narrate.result(reason);
  expectThat(outcome === 'Failed', 'the ledger says that it failed');
  const { disturbed = 0 } = details;
  narrate.result(
    `${disturbed} requests met the fault; of ${probe.asked} of the demonstration's own, ${probe.late} were late`,
  );
  expectThat(probe.late > 0, 'the demonstration itself saw late requests');
  const { output } = await machine.belay(['status', 'demo/shop', '--json'], { quietly: true });
  expectThat(!output.includes('two tracks'), 'the tracks are gone');
}

async function addressOf(machine: Machine): Promise<string> {
  const { output } = await machine.belay(['status', 'demo/shop', '--json'], { quietly: true });
  const { service } = JSON.parse(output) as { service?: { url?: string } };
  expectThat(service?.url !== undefined, 'the service has an address');
  return service.url;
}

/** Asks the service past Belay, and remembers what was late. */
class LateProbe {
  asked = 0;
  late = 0;
  #isOn = true;
  readonly #done: Promise<void>;

  constructor(url: string) {
    this.#done = this.#probe(url);
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
  }

  async #probe(url: string): Promise<void> {
    while (this.#isOn) {
      const sentAtMs = Date.now();
      await (await fetch(url)).text();
      this.asked += 1;
      if (Date.now() - sentAtMs >= trackDelayMs) this.late += 1;
      await sleep(askedEveryMs);
    }
  }
}
