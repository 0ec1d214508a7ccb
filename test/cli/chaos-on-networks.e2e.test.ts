import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { findNoNamespaces } from '../../scripts/network-namespace/network-namespace.ts';
import type { CampaignDetails } from '../../src/contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../src/contracts/chaos/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { ScratchNetwork } from '../agent/chaos/scratch-network.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

const impossible = findNoNamespaces();
if (impossible !== undefined) {
  console.warn(`Skipped: campaigns on networks. There are no network namespaces: ${impossible}`);
}

describe.runIf(impossible === undefined)(
  'a campaign on networks in namespaces of their own',
  () => {
    let machine: OneMachine;
    let cart: ScratchNetwork;
    let store: ScratchNetwork;

    beforeAll(async () => {
      [machine, cart, store] = await Promise.all([
        OneMachine.start(),
        ScratchNetwork.open(),
        ScratchNetwork.open(),
      ]);
      const networkOf = ({ settings: { name: _, ...network } }: ScratchNetwork) => network;
      const probeOf = ({ address }: ScratchNetwork) => ({
        ...{ tcp: { host: address, port: 8080 }, timeout: '1s' },
      });
      const settings = {
        ...{ name: 'gate', stateFolder: join(machine.folder, 'gate') },
        probes: { cart: probeOf(cart), store: probeOf(store) },
        chaos: { networks: { cart: networkOf(cart), store: networkOf(store) } },
      };
      await machine.startAgent(settings);
    }, 240_000);

    afterAll(async () => {
      await machine.stop();
      await Promise.all([cart.close(), store.close()]);
    });

    const spec = (experiment: string, network: string, [fault, probe]: [object, string]) => ({
      spec: {
        ...{ experiment, services: [network], mostOfTarget: '100%' },
        ...{ target: { agents: ['gate'], network }, fault, stopConditions: 'none' },
        ...{ duration: '6s', steadyState: '3s', every: '300ms' },
        hypothesis: { answers: { errorsOf: { agent: 'gate', probe }, atMost: '20%' } },
      },
    });

    it('cuts one and then the other, never both, and leaves each as it was', async () => {
      const before = [cart, store].map((network) => network.state());
      const cut = { type: 'partition' };
      const file = join(machine.folder, 'networks.yaml');
      const campaign = {
        ...{ kind: 'chaosCampaign', environment: 'demo', campaign: 'networks', pause: '1s' },
        stopAfter: 'none',
        experiments: [
          spec('cart-cut', 'cart', [cut, 'store']),
          spec('store-cut', 'store', [cut, 'store']),
          spec('store-lossy', 'store', [{ type: 'loss', intensity: 0.3 }, 'cart']),
        ],
      };
      writeFileSync(file, stringify(campaign));
      const running = machine.belay(['chaos', 'run', '-f', file, '--watch']);
      // By clients that know nothing of it.
      await eventually(async () => expect(await cart.ask()).toBeUndefined(), 60_000);
      expect(await store.ask()).toBeDefined();
      await eventually(async () => expect(await store.ask()).toBeUndefined(), 60_000);
      expect(await cart.ask()).toBeDefined();
      const { stdout, stderr } = await running;
      const report = await machine.json<RunReport<CampaignDetails>>([
        ...['report', 'chaos-campaign/demo/networks'],
      ]);
      const ended = report.details.rows.map(({ experiment, outcome }) => [experiment, outcome]);
      expect(ended, stdout + stderr).toEqual([
        ...[
          ['cart-cut', 'Passed'],
          ['store-cut', 'Failed'],
          ['store-lossy', 'Passed'],
        ],
      ]);
      for (const name of ['cart-cut', 'store-cut', 'store-lossy']) {
        const { details } = await machine.json<RunReport<ExperimentDetails>>([
          ...['report', `chaos/demo/${name}`],
        ]);
        expect(details.leftBehind).toEqual([]);
      }
      expect([cart, store].map((network) => network.state())).toEqual(before);
    });
  },
);
