import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { faultsOf, type HostFault } from '../../../src/specs/chaos/fault.ts';
import { openFaultyHost } from './open-faulty-host.ts';

/** Says that it has injected, and has done nothing. */
const idle = ['-e', 'process.exit(0)', '--'];

const faults: HostFault[] = [
  { type: 'freeze' },
  { type: 'crash' },
  { type: 'cpu', load: 0.5, workers: 1 },
  { type: 'loss', share: 0.5, direction: 'both' },
  { type: 'partition', direction: 'both' },
  { type: 'error', share: 1 },
  { type: 'dns' },
  { type: 'bandwidth', kbitPerSecond: 100 },
  { type: 'memory', bytes: 2 ** 20 },
];

let world: FaultyHost;

beforeAll(async () => {
  world = await openFaultyHost();
  await world.closeAgent();
  const shop = {
    ...{ name: 'shop', interface: 'lo', peers: ['127.0.0.9'], ports: [9], ownPorts: [] },
    faults: faultsOf('network'),
  };
  await world.openAgent({ ...world.settings(), networks: [shop] }, { program: idle });
});

afterAll(() => world.dispose());

describe.runIf(process.platform === 'linux')(
  'an injector that says it is done and did nothing',
  () => {
    it.each(faults.map((fault, index) => ({ fault, step: index + 1 })))(
      'is found out: $fault.type',
      async ({ fault, step }) => {
        const order = { ...world.call(fault), act: world.act(step), forMs: 20_000 };
        const { process: identity } = await world.examine(fault);
        const chosen = { ...order, ...(identity && { identity }) };
        expect(await world.chaos.injectFault(chosen, attempt)).toMatchObject({ applied: true });
        const seen = await world.chaos.observeFault({ ...chosen, lease: order.act }, attempt);
        expect(seen).toMatchObject({ isEffective: false, isThere: false });
        await world.host.revertLease(order.act, attempt);
      },
    );
  },
);
