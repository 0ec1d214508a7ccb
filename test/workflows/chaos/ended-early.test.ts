import { describe, expect, it } from 'vitest';
import { absentAgent, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { reportOf, useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const { start, play, hit } = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});

describe('an experiment that is ended early', () => {
  it('is halted by a person: the fault goes at once, and it is still judged', async () => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    const report = await reportOf(run);
    expect(report).toMatchObject({
      ...{ outcome: 'Aborted', reason: 'Halted by ana: checkout is slow' },
    });
    expect(hosts.acts).toEqual([`injectFault ${hit()}`, `revertLease ${hit()}`]);
    expect(report.steps?.find(({ name }) => name.startsWith('watch'))?.state).toBe('stopped');
    expect(report.details.recoveredAfterMs).toBeGreaterThanOrEqual(0);
    expect(report.details.endedBy).toBe('person');
  });

  it('says what was seen until a person halted it, and removes the fault before it asks for that', async () => {
    Object.assign(hosts, { isWatchOpen: true, tells: true, whileFaulted: { value: 900 } });
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    const { outcome, details, steps = [] } = await reportOf(run);
    expect(outcome).toBe('Aborted');
    expect(details.windows.map(({ window }) => window)).toEqual(['steady', 'during', 'after']);
    expect(details.windows[1]?.metrics).toMatchObject([{ name: 'answers' }]);
    expect(details.windows[1]?.metrics[0]?.samples).toBeGreaterThan(0);
    // Of the 30 samples that the observer tells of, those that came after the halt are not the fault's.
    expect(details.windows[1]?.metrics[0]?.samples).toBeLessThan(30);
    expect(steps.at(-1)).toMatchObject({
      name: expect.stringMatching(
        /^collect what was seen in the .* before it was halted$/,
      ) as string,
      ...{ state: 'done', evidence: [{ what: 'answers' }] },
    });
  });

  it('says that nothing was told where an observer of an earlier version ends without a word', async () => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    const { details, steps = [] } = await reportOf(run);
    expect(details.windows[1]?.metrics).toMatchObject([{ state: 'no-data', samples: 0 }]);
    expect(steps.at(-1)?.evidence.map(({ what }) => what)).toEqual(['answers', 'missing samples']);
  });

  it('is stopped where the observer of a stop condition is lost', async () => {
    hosts.script(
      ...(['watchProbes', 'outside'] as const),
      () => hosts.watch(window),
      absentAgent('outside'),
    );
    expect(await play()).toMatchObject({
      outcome: 'Aborted',
      reason:
        'a stop condition ended it: answers: its stop condition is blind: agent outside did not take it up',
    });
    expect(hosts.faulted.size).toBe(0);
  });

  it('goes on where the observer of no stop condition is lost, and never passes', async () => {
    hosts.script(
      ...(['watchProbes', 'outside'] as const),
      () => hosts.watch(window),
      absentAgent('outside'),
    );
    expect(await play({ stopConditions: 'none' })).toMatchObject({
      ...{ outcome: 'Inconclusive', reason: 'answers: 0 of at least 24 samples' },
    });
  });

  it('is Aborted where it is halted while a fault is injected', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, async () => {
        await halt();
        return { applied: false, apply: { stderr: '', ending: 'cancelled' }, expiresAtMs: 0 };
      });
    }
    const run = await start();
    const halt = () => run.send('abort', { by: 'ana', why: 'checkout is slow' });
    expect(await reportOf(run)).toMatchObject({
      ...{ outcome: 'Aborted', reason: 'Halted by ana: checkout is slow' },
    });
  });

  it('ends by a stop condition', async () => {
    hosts.script(
      'watchProbes',
      'outside',
      () => hosts.watch(window),
      () => ({
        ...{ samples: {}, stopped: 'answers is 100% over the last 10s, above 50%' },
      }),
    );
    expect(await play()).toMatchObject({
      outcome: 'Aborted',
      reason: 'a stop condition ended it: answers is 100% over the last 10s, above 50%',
      details: { endedBy: 'stop-condition' },
    });
    expect(hosts.faulted.size).toBe(0);
  });

  it('ends by a stop condition, and says what the other observers saw until then', async () => {
    Object.assign(hosts, { isWatchOpen: true, tells: true });
    hosts.script(
      'watchProbes',
      'outside',
      () => hosts.watch(window),
      () => ({ samples: {}, stopped: 'answers is 100% over the last 10s, above 50%' }),
    );
    const errorsOf = (host: string) => ({ agent: `${hosts.name}-${host}`, probe: 'web' });
    const {
      outcome,
      details,
      steps = [],
    } = await play({
      hypothesis: {
        answers: { errorsOf: errorsOf('outside'), atMost: '5%' },
        orders: { errorsOf: errorsOf('web-1'), atMost: '5%' },
      },
    });
    expect(outcome).toBe('Aborted');
    expect(details.windows.map(({ window: each }) => each)).toEqual(['steady', 'during', 'after']);
    const orders = details.windows[1]?.metrics.find(({ name }) => name === 'orders');
    expect(orders?.samples).toBeGreaterThan(0);
    expect(steps.at(-1)?.name).toMatch(/before one of the observers ended it$/);
  });

  it('is given up by a person where it does not recover, once its faults are gone', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => {
        hosts.ended.add(host);
        return { applied: true, apply: {}, expiresAtMs: 0 };
      });
      const seen = { isEffective: true, isThere: false, isTargetRunning: false, detail: 'gone' };
      hosts.script(
        'observeFault',
        host,
        () => seen,
        () => seen,
      );
    }
    const run = await start({ fault: { type: 'crash' } });
    await run.until(({ phase }) => phase === 'recovering');
    await expect(run.send('abort')).rejects.toThrow();
    await run.send('giveUp', { by: 'ana', why: 'it is replaced' });
    const report = await reportOf(run);
    expect(report).toMatchObject({
      ...{ outcome: 'Inconclusive', undo: [], details: { leftBehind: [] } },
      reason:
        'the hypothesis held during the fault; recovery was not seen: given up by ana: it is replaced',
    });
    expect(report.steps?.at(-1)).toMatchObject({ name: 'wait for recovery', state: 'stopped' });
  });

  it('is cancelled: the fault is removed as an undo', async () => {
    hosts.isWatchOpen = true;
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.handle.cancel();
    const report = await reportOf(run);
    expect(report).toMatchObject({ outcome: 'Aborted', undo: [{ state: 'done' }] });
    expect(hosts.faulted.size).toBe(0);
  });

  it('is cancelled, and says what was seen until then', async () => {
    Object.assign(hosts, { isWatchOpen: true, tells: true, whileFaulted: { value: 900 } });
    const run = await start();
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    await run.handle.cancel();
    const { outcome, details, undo, steps = [] } = await reportOf(run);
    expect({ outcome, undo }).toMatchObject({ outcome: 'Aborted', undo: [{ state: 'done' }] });
    expect(details.windows.map(({ window: each }) => each)).toEqual(['steady', 'during']);
    expect(details.windows[1]?.metrics[0]?.samples).toBeGreaterThan(0);
    expect(steps.at(-1)).toMatchObject({
      name: expect.stringMatching(/before it was cancelled$/) as string,
      ...{ state: 'done', evidence: [{ what: 'answers' }] },
    });
  });

  it('is cancelled while several hosts have its fault: none waits for one whose agent is gone', async () => {
    hosts.isWatchOpen = true;
    const both = { blastRadius: { count: 2 }, mostOfTarget: '100%' };
    const run = await start(both);
    await run.until(({ phase, now }) => phase === 'faulted' && now.startsWith('watch'));
    const injected = hosts.acts.findLast((act) => act.startsWith('injectFault'));
    const [, last = ''] = injected?.split(' ') ?? [];
    hosts.script('revertLease', last, ...Array<Error>(3).fill(absentAgent(last)));
    await run.handle.cancel();
    const report = await reportOf(run);
    expect(report).toMatchObject({
      ...{ outcome: 'Aborted', undo: [{ state: 'done' }, { state: 'done' }] },
    });
    const removals = hosts.acts.filter((act) => act.startsWith('revertLease'));
    expect(new Set(removals.slice(0, 2)).size).toBe(2);
    expect(removals.slice(2)).toEqual(Array<string>(3).fill(`revertLease ${last}`));
    expect(hosts.faulted.size).toBe(0);
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
