import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { findNoNamespaces } from '../../../scripts/network-namespace/network-namespace.ts';
import { disturbNetwork, restoreNetwork } from '../../../src/agent/chaos/network/change-network.ts';
import { orderOfNetwork } from '../../../src/agent/chaos/network/examine-network.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { ScratchNetwork } from './scratch-network.ts';
import { openFaultyHost } from './open-faulty-host.ts';

const impossible = findNoNamespaces();
if (impossible !== undefined) {
  console.warn(`Skipped: faults of networks. There are no network namespaces: ${impossible}`);
}

let world: FaultyHost;
let network: ScratchNetwork;

const open = async (more: object = {}) => {
  await world.closeAgent();
  const settings = { ...network.settings, ...more };
  await world.openAgent({ ...world.settings(), networks: [settings] });
};

const loss: HostFault = { type: 'loss', share: 0.4, direction: 'both' };
const partition: HostFault = { type: 'partition', direction: 'both' };

describe.runIf(impossible === undefined)('a network of a host', () => {
  beforeEach(async () => {
    [world, network] = await Promise.all([openFaultyHost(), ScratchNetwork.open()]);
    await open();
  });

  afterEach(async () => {
    await world.dispose();
    await network.close();
  });

  it('is disturbed as asked, seen to be so by what the kernel counts and by a client, and then as before', async () => {
    const before = network.state();
    expect(await network.ask(1, 20_000)).toBeDefined();
    const cases: [HostFault, RegExp, () => Promise<void>][] = [
      [loss, /^\d+ of \d+ packets were dropped$/, async () => undefined],
      [partition, /packets were dropped$/, async () => expect(await network.ask()).toBeUndefined()],
      [
        { type: 'error', share: 1 },
        /new connections were reset$/,
        async () => expect(await network.ask()).toBeUndefined(),
      ],
      [{ type: 'dns' }, /name servers were dropped$/, async () => undefined],
      [
        { type: 'bandwidth', kbitPerSecond: 400 },
        /held back or dropped [1-9]/,
        // 100 kB at 50 kB/s, less what goes out at once.
        async () => expect(await network.ask(100_000, 10_000)).toBeGreaterThan(1_000),
      ],
    ];
    let step = 0;
    for (const [fault, detail, probe] of cases) {
      const { applied, order, seen } = await world.inject((step += 1), fault, 60_000);
      expect(applied, fault.type).toMatchObject({ applied: true });
      await probe();
      await eventually(async () =>
        expect(await seen(), fault.type).toMatchObject({ isEffective: true }),
      );
      const { detail: said, isThere, isTargetRunning } = await seen();
      expect({ isThere, isTargetRunning }).toEqual({ isThere: true, isTargetRunning: true });
      expect(said).toMatch(detail);
      await world.host.revertLease(order.act, attempt);
      expect(await seen()).toEqual({
        ...{ isEffective: false, isThere: false, isTargetRunning: true },
        detail: 'no rule and no queue of it is there; the rules of others are as before',
      });
      expect(network.state(), fault.type).toBe(before);
    }
    expect(await network.ask(1, 20_000)).toBeDefined();
  });

  it('is as before once the lease is over, although the agent is gone', async () => {
    const before = network.state();
    const { applied } = await world.inject(1, partition, 5_000);
    await world.closeAgent();
    expect(await network.ask()).toBeUndefined();
    await eventually(async () => expect(network.state()).toBe(before), 5_000 + 5_000);
    expect(Date.now()).toBeGreaterThanOrEqual(applied.expiresAtMs);
    expect(await network.ask(1, 20_000)).toBeDefined();
    await world.openAgent();
  });

  it('is free again after the latest end although nobody is left to remove the rules: the kernel forgets', async () => {
    const order = {
      ...{ mark: `${world.agent}/run/1`, fault: { type: 'partition', direction: 'both' } as const },
      network: await orderOfNetwork(network.settings),
    };
    await disturbNetwork({ ...order, atMostMs: 2_000 });
    expect(await network.ask()).toBeUndefined();
    await eventually(async () => expect(await network.ask(1, 20_000)).toBeDefined(), 10_000);
    // What is left of it is named to everybody who comes later.
    expect((await world.examine(loss)).leftovers).toMatchObject([{ runRef: 'run' }]);
    // Nor is it called gone because the agent has no act of it on record.
    const asked = { ...world.call(partition), lease: { runRef: 'run', step: 1 } };
    const seen = await world.chaos.observeFault(asked, attempt);
    expect(seen).toMatchObject({ isThere: true });
    expect(seen.detail).toMatch(
      /^its act is not on record here, and there are still: rules of ipv4; remove .* BELAY-/,
    );
    await restoreNetwork(order);
    expect(await world.chaos.observeFault(asked, attempt)).toMatchObject({ isThere: false });
    expect((await world.examine(loss)).leftovers).toEqual([]);
  });

  it('is not called as before while a part of a fault is left in any layer: its rules, or its queue', async () => {
    const before = network.state();
    const bandwidth: HostFault = { type: 'bandwidth', kbitPerSecond: 100 };
    const first = await world.inject(1, bandwidth, 60_000);
    network.within('tc', 'qdisc', 'del', 'dev', network.inside, 'root');
    expect(await first.seen()).toMatchObject({ isEffective: false, isThere: true });
    await world.host.revertLease(first.order.act, attempt);
    expect(await first.seen()).toMatchObject({ isThere: false });
    expect(network.state()).toBe(before);

    const second = await world.inject(2, bandwidth, 60_000);
    network.within('iptables', '-t', 'mangle', '-F');
    network.within('iptables', '-t', 'mangle', '-X');
    expect(await second.seen()).toMatchObject({
      ...{ isEffective: false, isThere: true },
      detail: `only a part of it is there: a queue of ${network.inside}`,
    });
    expect((await world.examine(loss)).leftovers).not.toEqual([]);
    await world.host.revertLease(second.order.act, attempt);
    expect(await second.seen()).toMatchObject({ isThere: false });
    expect(network.state()).toBe(before);
  });

  it('is left alone where a fault is there already, whoever made it, or a queue is somebody else’s', async () => {
    const bandwidth: HostFault = { type: 'bandwidth', kbitPerSecond: 100 };
    network.within('tc', 'qdisc', 'add', 'dev', network.inside, 'root', 'handle', '1:', 'htb');
    const foreign = network.state();
    expect((await world.examine(bandwidth)).refusals).toEqual([
      `${network.inside} has the queue htb 1:, which is somebody else's and would be replaced`,
    ]);
    // Rules replace nothing.
    const { order } = await world.inject(1, loss, 60_000);
    const { leftovers } = await world.examine(partition);
    expect(leftovers.map(({ runRef }) => runRef)).toEqual([world.runRef, world.runRef]);
    const other = { ...world.call(partition), act: { runRef: 'another', step: 1 }, forMs: 5_000 };
    await expect(world.chaos.injectFault(other, attempt)).rejects.toThrow('is not over');
    await world.host.revertLease(order.act, attempt);
    expect(network.state()).toBe(foreign);
  });

  it('is refused for every reason at once: what the kernel cannot do, no interface, no namespace', async () => {
    await open({ interface: 'nope0' });
    expect((await world.examine(partition)).refusals).toEqual(['there is no interface nope0']);
    await open({ namespace: '/run/netns/nope' });
    expect((await world.examine(partition)).refusals).toEqual([
      'network namespace /run/netns/nope cannot be opened (ENOENT)',
    ]);
    const longer = { durationMs: 120_000, target: { network: 'database' } };
    expect((await world.examine(partition, longer)).refusals).toEqual([
      '2m is longer than its settings allow, 1m',
      'its settings have no network "database"; one of: shop',
    ]);
  });

  it('that the agent itself uses is refused where the fault would cover what the host needs', async () => {
    const { namespace: _, ...own } = network.settings;
    const all = { ...own, interface: 'lo', peers: ['127.0.0.0/8'], ports: [], ownPorts: [] };
    await world.closeAgent();
    await world.openAgent({ ...world.settings(), networks: [all] });
    const { refusals } = await world.examine(partition);
    expect(refusals).toContain('its settings cover SSH (port 22), which is never hit');
    expect(network.state()).not.toContain('BELAY');
  });

  it('is gone with its namespace: nothing is left, and the target does not run', async () => {
    const { order, seen } = await world.inject(1, partition, 60_000);
    network.removeNamespace();
    await eventually(async () =>
      expect(await seen()).toEqual({
        ...{ isEffective: false, isThere: false, isTargetRunning: false },
        detail: 'the network namespace is gone, with everything that was in it',
      }),
    );
    await world.host.revertLease(order.act, attempt);
  });
});
