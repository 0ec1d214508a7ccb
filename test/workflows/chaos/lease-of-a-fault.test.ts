import { describe, expect, it } from 'vitest';
import { eventually } from '../../fixtures/eventually.ts';
import { absentAgent, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { reportOf, useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { start, play, hit, actsOn } = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});

describe('a fault', () => {
  it('is not gone until its removal is confirmed: an injection that stalled may take effect later', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, absentAgent(host));
      hosts.script('revertLease', host, absentAgent(host), () => {
        hosts.faulted.set(host, { type: 'freeze' });
        throw absentAgent(host);
      });
    }
    expect(await play()).toMatchObject({ outcome: 'NotInjected', details: { leftBehind: [] } });
    expect(actsOn(hit()).filter((act) => act.startsWith('revert'))).toHaveLength(3);
    expect(hosts.faulted.size).toBe(0);
  });

  it('is LeftBehind where its removal is never confirmed, although the kernel shows nothing of it', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, absentAgent(host));
      hosts.script('revertLease', host, ...Array<Error>(100).fill(absentAgent(host)));
    }
    const report = await play();
    expect(report.outcome).toBe('LeftBehind');
    expect(report.reason).toContain(
      `its removal was not confirmed (agent ${hit()} did not take it up); state S`,
    );
  });

  it('is removed past its lease where the run was cancelled and its agent was away', async () => {
    hosts.isWatchOpen = true;
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, ...Array<Error>(23).fill(absentAgent(host)));
    }
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.handle.cancel();
    expect(await reportOf(run)).toMatchObject({ outcome: 'Aborted', undo: [{ state: 'done' }] });
    expect(hosts.faulted.size).toBe(0);
  });

  it('is removed although the run is cancelled and halted again while it is', async () => {
    hosts.isWatchOpen = true;
    const again = async (host: string) => {
      await run.handle.cancel();
      await run.send('abort', { by: 'ana', why: 'at last' }).catch(() => undefined);
      throw absentAgent(host);
    };
    for (const host of ['web-1', 'web-2']) {
      hosts.script(
        ...(['revertLease', host] as const),
        () => again(host),
        () => again(host),
      );
    }
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.handle.cancel();
    const report = await reportOf(run);
    expect(report).toMatchObject({ outcome: 'Aborted', undo: [{ state: 'done' }] });
    expect(actsOn(hit()).filter((act) => act.startsWith('revert'))).toHaveLength(3);
    expect(hosts.faulted.size).toBe(0);
  });

  it('is removed although the run is cancelled while it removes what was halted', async () => {
    hosts.isWatchOpen = true;
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, async () => {
        await run.handle.cancel();
        throw absentAgent(host);
      });
    }
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    expect(await reportOf(run)).toMatchObject({ outcome: 'Aborted', details: { leftBehind: [] } });
    expect(hosts.faulted.size).toBe(0);
  });

  it('lasts to the end of the watch, although it took long until all of them were seen', async () => {
    const notYet = () => ({
      ...{ isEffective: false, isThere: true, isTargetRunning: true, detail: 'state S' },
    });
    for (const host of ['web-1', 'web-2']) {
      hosts.script('observeFault', host, ...Array<() => object>(19).fill(notYet));
    }
    const extended = () => hosts.acts.filter((act) => act.startsWith('extendLease'));
    const steady = () => hosts.watch(window);
    hosts.script('watchProbes', 'outside', steady, async () => {
      await eventually(async () => expect(extended()).toHaveLength(2));
      return hosts.watch(window);
    });
    const order = { blastRadius: { count: 2 }, mostOfTarget: '100%' };
    expect(await play(order)).toMatchObject({ outcome: 'Passed' });
    for (const host of ['web-1', 'web-2']) {
      expect(actsOn(host)).toEqual(
        ['injectFault', 'extendLease', 'revertLease'].map((act) => `${act} ${host}`),
      );
    }
  });
});

const window = {
  metrics: [
    {
      name: 'answers',
      source: { of: 'errors' as const, probe: { agent: 'outside', probe: 'web' } },
    },
  ],
  ...{ everyMs: 1_000, forMs: 30_000, stops: [] },
};
