import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { provideToxiproxy } from '../../../scripts/toxiproxy/provide-toxiproxy.ts';
import { ToxicProxy } from '../../../scripts/toxiproxy/toxic-proxy.ts';
import { describeChaos } from '../../../src/agent/chaos/describe-chaos.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openFaultyHost } from './open-faulty-host.ts';

const program = await provideToxiproxy(loadConfig().cache);
if (program === undefined) console.warn('Skipped: faults of proxies. There is no Toxiproxy.');

const target = { proxy: 'shop' };
const latency: HostFault = { type: 'latency', delayMs: 1_500, jitterMs: 0 };
const partition: HostFault = { type: 'partition', direction: 'both' };
const gone = { isEffective: false, isThere: false };

let world: FaultyHost;
let proxy: ToxicProxy;

const settings = (probeTimeoutMs = 5_000) => {
  const faults = ['latency', 'error', 'partition'] as const;
  const through = { toxiproxy: proxy.api, proxy: 'shop', probe: 'through', probeTimeoutMs };
  return { ...world.settings(), proxies: [{ name: 'shop', ...through, faults }] };
};

const open = async ({ probeUrl = proxy.url, probeTimeoutMs = 5_000 } = {}) => {
  await world.closeAgent();
  await world.openAgent(settings(probeTimeoutMs), { probeUrl, probeTimeoutMs });
};

/** No request of the service is answered any more. */
const hang = () => {
  proxy.answer = () => undefined;
};

describe.skipIf(program === undefined)('the connections through a Toxiproxy', () => {
  beforeEach(async () => {
    [world, proxy] = await Promise.all([openFaultyHost(), ToxicProxy.open(program ?? '')]);
    await open();
  });

  afterEach(async () => {
    await world.dispose();
    await proxy.close();
  });

  it('are disturbed as asked, seen to be so by requests through it, and then as before', async () => {
    const before = await proxy.state();
    const cases: [HostFault, (tookMs: number | undefined) => void][] = [
      [latency, (tookMs) => expect(tookMs).toBeGreaterThanOrEqual(1_500)],
      [{ type: 'error', share: 1 }, (tookMs) => expect(tookMs).toBeUndefined()],
      [{ type: 'error', share: 0.5 }, () => undefined],
      [partition, (tookMs) => expect(tookMs).toBeUndefined()],
    ];
    for (const [index, [fault, judge]] of cases.entries()) {
      const { applied, order, seen } = await world.inject(index + 1, fault, 60_000, target);
      expect(applied, fault.type).toMatchObject({ applied: true });
      judge(await proxy.request());
      // One look misses a fault of some connections once in 20 times at most. A run looks again and again.
      await eventually(async () => {
        expect(await seen(), fault.type).toMatchObject({
          ...{ isEffective: true, isThere: true, isTargetRunning: true },
        });
      });
      await world.host.revertLease(order.act, attempt);
      expect(await seen(), fault.type).toMatchObject({ ...gone, isTargetRunning: true });
      expect(await proxy.state(), fault.type).toEqual(before);
      expect(await proxy.request()).toBeDefined();
    }
  });

  it('are not taken for disturbed where the probe goes past the proxy', async () => {
    await open({ probeUrl: proxy.directUrl });
    let asked = 0;
    // A service of which one request in ten fails anyway.
    const rarely: typeof proxy.answer = (_, response) => {
      asked += 1;
      if (asked % 10 === 0) response.destroy();
      else response.end('ok');
    };
    const cases: [HostFault, typeof proxy.answer][] = [
      [{ type: 'latency', delayMs: 1_500, jitterMs: 1_500 }, proxy.answer],
      [{ type: 'error', share: 0.3 }, rarely],
    ];
    for (const [index, [fault, answer]] of cases.entries()) {
      const { order, seen } = await world.inject(index + 1, fault, 60_000, target);
      proxy.answer = answer;
      expect(await seen(), fault.type).toMatchObject({ isEffective: false, isThere: true });
      await world.host.revertLease(order.act, attempt);
    }
  });

  it('are free of a fault that was removed, although the service has hung ever since', async () => {
    await open({ probeTimeoutMs: 600_000 });
    const { order, seen } = await world.inject(1, partition, 60_000, target);
    // The probe waits for longer than one look at the fault may take.
    expect(await seen()).toMatchObject({ isEffective: true, isThere: true });
    hang();
    await world.host.revertLease(order.act, attempt);
    expect(await seen()).toMatchObject({ ...gone, isTargetRunning: false });
  });

  it('are described while the service hangs: nothing waits for its probe', async () => {
    hang();
    const about = { servers: async () => [], stateFolder: world.folder };
    const { target: described = [] } = await describeChaos(world.agent, settings(), about);
    const [shop] = described.filter(({ name }) => name === 'shop');
    expect(shop?.unavailable).toBeUndefined();
    expect(shop?.description).toContain('latency, error, partition');
  });

  it('are as before once the lease is over, although the agent is gone', async () => {
    const before = await proxy.state();
    await world.inject(1, partition, 5_000, target);
    expect(await proxy.state()).not.toEqual(before);
    await world.closeAgent();
    await eventually(async () => expect(await proxy.state()).toEqual(before));
    await open();
  });

  it('are free of a fault whose Toxiproxy was killed: it remembers nothing', async () => {
    const { order, seen } = await world.inject(1, partition, 60_000, target);
    await proxy.kill();
    expect(await seen()).toMatchObject({ ...gone, isTargetRunning: false });
    await world.host.revertLease(order.act, attempt);
    await proxy.start();
    expect(await seen()).toMatchObject({ ...gone, isTargetRunning: true });
  });

  it('are left alone where others disturb them, where the probe fails, and where it gives up too soon', async () => {
    const examine = async (fault: HostFault) => {
      const { refusals, leftovers } = await world.examine(fault, { target });
      return [...refusals, ...leftovers.map(({ what }) => what)].join('\n');
    };
    expect(await examine(latency)).toBe('');
    expect(await examine({ ...latency, delayMs: 5_000 })).toContain(
      'its probe through waits 5000 ms at most',
    );
    const toxic = {
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 1 },
    };
    await proxy.ask('POST', '/proxies/shop/toxics', { ...toxic, name: 'slow' });
    await proxy.ask('POST', '/proxies/shop/toxics', { ...toxic, name: 'belay-0000-downstream' });
    const both = await examine(latency);
    expect(both).toContain('the proxy shop has toxics of others: slow');
    expect(both).toContain(
      `toxic belay-0000-downstream of a fault; remove it with: toxiproxy-cli --host ${proxy.api} toxic remove`,
    );
    await proxy.ask('DELETE', '/proxies/shop/toxics/slow');
    await proxy.ask('DELETE', '/proxies/shop/toxics/belay-0000-downstream');
    proxy.answer = (_, response) => setTimeout(() => response.end('ok'), 300);
    expect(await examine({ ...latency, delayMs: 200 })).toMatch(
      /its probe through takes \d+ ms without a fault, and would see the delay by 200 ms/,
    );
    await proxy.ask('POST', '/proxies/shop', { enabled: false });
    const disabled = await examine(latency);
    expect(disabled).toContain('the proxy shop is disabled');
    expect(disabled).toContain('its probe through does not pass before anything is injected');
    await proxy.kill();
    expect(await examine(latency)).toMatch(/^Toxiproxy at \S+ does not answer/);
  });
});
