import { describe, expect, it } from 'vitest';
import type { FaultSeen } from '../../../src/contracts/chaos/host-faults.ts';
import { absentAgent, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { play, hit } = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});

describe('a fault, when its time is over,', () => {
  it('was gone before its time: that is no proof of anything', async () => {
    const seen = { isThere: false, isTargetRunning: true, detail: 'process 7 has ended' };
    for (const host of ['web-1', 'web-2']) {
      hosts.script(
        ...(['observeFault', host] as const),
        () => ({ ...seen, isEffective: true }),
        () => ({ ...seen, isEffective: false }),
      );
    }
    expect(await play()).toMatchObject({
      ...{ outcome: 'Inconclusive' },
      reason: `gone before its time: ${hosts.name}-${hit()}: process 7 has ended`,
    });
  });

  const idle = { isThere: true, isEffective: false, isTargetRunning: true, detail: '0 packets' };

  it('is not called gone where it is there, and nothing happens to what it is done to', async () => {
    for (const host of ['web-1', 'web-2']) {
      const effective = () => ({ ...idle, isEffective: true });
      hosts.script('observeFault', host, effective, ...Array<() => FaultSeen>(20).fill(() => idle));
    }
    expect(await play()).toMatchObject({
      ...{ outcome: 'Inconclusive' },
      reason: `no probe saw at the end that it still did anything: ${hosts.name}-${hit()}: 0 packets`,
    });
  });

  it('is looked for again for a moment where nothing happens just then', async () => {
    for (const host of ['web-1', 'web-2']) {
      const effective = () => ({ ...idle, isEffective: true });
      hosts.script(
        'observeFault',
        host,
        effective,
        () => idle,
        () => idle,
        effective,
      );
    }
    expect(await play()).toMatchObject({ outcome: 'Passed' });
  });

  it('is not called gone before its time where its agent could not be asked', async () => {
    const seen = { isThere: true, isEffective: true, isTargetRunning: true, detail: 'state T' };
    for (const host of ['web-1', 'web-2']) {
      hosts.script('observeFault', host, () => seen, absentAgent(host));
    }
    const { outcome, reason } = await play();
    expect(outcome).toBe('Inconclusive');
    expect(reason).toMatch(/^nobody saw whether it was still there at the end: \S+: agent web-/);
  });

  it('has not recovered where the fault is there again, as of a folder that was away', async () => {
    const there = { isThere: true, isEffective: true, isTargetRunning: true, detail: '3 blocks' };
    const away = { ...there, isThere: false, isEffective: false };
    for (const host of ['web-1', 'web-2']) {
      const again = Array<() => FaultSeen>(200).fill(() => there);
      hosts.script(
        'observeFault',
        host,
        () => there,
        () => there,
        () => away,
        ...again,
      );
    }
    const { outcome, reason } = await play();
    expect(outcome).toBe('Failed');
    expect(reason).toContain('was not seen to run within 1m: its fault is there again: 3 blocks');
  });
});
