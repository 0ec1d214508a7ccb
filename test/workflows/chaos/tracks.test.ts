import { describe, expect, it } from 'vitest';
import { refusedBy, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { reportOf, useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { start, play } = useScriptedChaos(
  (ofTest) => {
    hosts = ofTest;
  },
  () => ({
    services: ['shop'],
    target: { tracks: { service: 'shop', share: '10%', mostRequests: 1_000 } },
    fault: { type: 'latency', delay: '200ms' },
    hypothesis: { quick: { slowAgainstControl: { than: '500ms' } } },
    stopConditions: 'none',
  }),
);

const inOrder = ['openTracks', 'injectTrackFault', 'removeTrackFault', 'closeTracks'];

describe('an experiment on one of two tracks of a service', () => {
  it('opens both, compares them before the fault, during it and after it, and closes them', async () => {
    const report = await play();
    expect(report).toMatchObject({ outcome: 'Passed', undo: [] });
    expect(hosts.acts).toEqual(inOrder);
    const { windows, leftBehind, disturbed } = report.details;
    expect(windows.map(({ window, metrics }) => [window, metrics[0]?.state])).toEqual([
      ['steady', 'holds'],
      ['during', 'holds'],
      ['after', 'holds'],
    ]);
    expect([leftBehind, disturbed]).toEqual([[], 20]);
    expect(report.steps?.map(({ name }) => name)).toEqual([
      ...['resolve the target', 'check what is measured', 'ask change control'],
      ...['open two tracks of shop', 'measure the steady state for 30s'],
      ...[`inject latency on a track of ${hosts.name}/shop`, 'watch for 30s'],
      ...['remove every fault', 'wait for recovery', 'close the tracks'],
    ]);
    expect(hosts.permits[0]?.scopes).toContainEqual({ of: 'service', name: 'shop' });
  });

  it('fails where the experiment is worse than the control, with both figures', async () => {
    hosts.tracks.whileFaulted = { requests: 20, experiment: 15, control: 0 };
    const { outcome, reason } = await play();
    expect(outcome).toBe('Failed');
    expect(reason).toContain('experiment 75 % of 580 took longer than 500ms, control 0 % of 580');
    expect(hosts.acts).toEqual(inOrder);
  });

  it('injects nothing where the tracks differ without a fault', async () => {
    hosts.tracks.usually = { requests: 20, experiment: 0, control: 8 };
    const { outcome, reason } = await play();
    expect(outcome).toBe('Inconclusive');
    expect(reason).toContain('the tracks differ without a fault');
    expect(hosts.acts).toEqual(['openTracks', 'closeTracks']);
  });

  it('is NotInjected where the router says that it has the fault, and answers as before', async () => {
    hosts.tracks.isIdle = true;
    const { outcome, reason } = await play();
    expect(outcome).toBe('NotInjected');
    expect(reason).toContain('0 % of 20 requests of the experiment took more than 199ms');
    expect(hosts.acts).toEqual(inOrder);
  });

  it('is Aborted, and recovers, once the fault has disturbed as many requests as it may', async () => {
    hosts.tracks.onWatched = () => hosts.tracks.end('budget');
    const { outcome, reason, details } = await play();
    expect(outcome).toBe('Aborted');
    expect(reason).toContain('the fault has disturbed 20 requests, as many as it may');
    const after = details.windows.find(({ window }) => window === 'after');
    expect(after?.metrics).toMatchObject([{ state: 'holds' }]);
    expect(hosts.acts).toEqual(inOrder);
  });

  it('is Aborted, not NotInjected, where it has disturbed as many before it is watched', async () => {
    hosts.tracks.onInjected = () => hosts.tracks.end('budget');
    const { outcome, reason } = await play();
    expect(outcome).toBe('Aborted');
    expect(reason).toContain('as many as it may');
  });

  it('is refused with every reason before anything is opened', async () => {
    Object.assign(hosts.tracks, { isAllowed: false, left: { rolloutId: 'chaos/x@1', step: 1 } });
    const refusal = await (await start({ duration: '60s' })).refusal();
    expect(refusal).toContain('its release does not allow experiments');
    expect(refusal).toContain('two tracks of v1 (of run chaos/x@1)');
    expect(refusal).toContain('about 1,460 requests would be disturbed');
    expect(hosts.acts).toEqual([]);
  });

  it('is previewed without tracks', async () => {
    const { outcome, reason } = await play({ dryRun: true });
    expect(outcome).toBe('Planned');
    expect(reason).toBe(`latency would be injected: a track of ${hosts.name}/shop`);
    expect(hosts.acts).toEqual([]);
  });

  it('says why where the tracks get no requests, and closes them', async () => {
    hosts.script('openTracks', 'shop', () => ({ problem: 'not ready within 1m' }));
    expect(await play()).toMatchObject({
      ...{ outcome: 'Inconclusive', undo: [] },
      reason: 'nothing was injected: not ready within 1m',
    });
    expect(hosts.acts).toEqual(['openTracks', 'closeTracks']);
  });

  it('is Inconclusive where its platform was started again: no fault outlives it', async () => {
    const { tracks } = hosts;
    tracks.onWatched = () => Object.assign(tracks, { open: undefined, fault: undefined });
    const { outcome, reason, details } = await play();
    expect(outcome).toBe('Inconclusive');
    expect(reason).toMatch(
      /^gone before its time: .*the tracks are gone: .*; recovery was not seen: .*cannot recover/,
    );
    expect(details.leftBehind).toEqual([]);
    expect(hosts.acts).toEqual(inOrder);
  });

  it('says that the tracks are gone where that is before anything was injected', async () => {
    hosts.script('watchTracks', 'shop', () => ({
      ...{ samples: { quick: [{ afterMs: 0, areGone: true }] }, isDecided: true },
    }));
    const { outcome, reason } = await play();
    expect(outcome).toBe('Inconclusive');
    expect(reason).toContain('nothing was injected: quick: the tracks are gone: ');
    expect(hosts.acts).toEqual(['openTracks', 'closeTracks']);
  });

  it('is Aborted where it is halted once its platform was started again, and awaits no recovery', async () => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    Object.assign(hosts.tracks, { open: undefined, fault: undefined });
    hosts.isWatchOpen = false;
    await run.send('abort', { by: 'ana', why: 'the platform was started again' });
    const report = await reportOf(run);
    expect(report).toMatchObject({ outcome: 'Aborted', details: { leftBehind: [] } });
    expect(report.steps?.find(({ name }) => name === 'wait for recovery')?.evidence).toMatchObject([
      {
        value: expect.stringMatching(/^is gone, and cannot recover: the tracks are gone/) as string,
      },
    ]);
  });

  it('refuses to give up a recovery that was seen already, while the tracks are closed', async () => {
    let isRefused = false;
    const run = await start();
    hosts.script('closeTracks', 'shop', async () => {
      const asked = run.send('giveUp', { by: 'ana', why: 'it takes long' });
      await asked.catch(() => (isRefused = true));
      hosts.tracks.open = undefined;
    });
    expect(await reportOf(run)).toMatchObject({ outcome: 'Passed' });
    expect(isRefused).toBe(true);
  });

  it('removes the fault and then the tracks where the run is cancelled', async () => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.handle.cancel();
    expect(await reportOf(run)).toMatchObject({
      outcome: 'Aborted',
      undo: [{ state: 'done' }, { state: 'done' }],
    });
    expect(hosts.acts).toEqual(inOrder);
  });

  it('is LeftBehind where nobody confirms that the tracks are closed', async () => {
    hosts.script('closeTracks', 'shop', ...Array<Error>(100).fill(refusedBy('shop', 'no')));
    const { outcome, reason } = await play();
    expect(outcome).toBe('LeftBehind');
    expect(reason).toMatch(
      /^the end of the tracks of .*\/shop was not confirmed .*; before that, Passed$/,
    );
  });
});
