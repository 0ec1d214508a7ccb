import { describe, expect, it } from 'vitest';
import type {
  CampaignDetails,
  CampaignStatus,
} from '../../../src/contracts/chaos/campaign-details.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { Window } from '../../../src/contracts/kernel/change-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { ScriptedRun } from '../../fixtures/scripted-run.ts';
import type { ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const world = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});

const three = [{ experiment: 'first' }, { experiment: 'second' }, { experiment: 'third' }];

const reportOf = async (run: ScriptedRun) =>
  (await run.report()) as unknown as RunReport<CampaignDetails>;

const play = async (more: object = {}, experiments = three) =>
  reportOf(await world.chaos.startCampaign(hosts, experiments, more));

const outcomes = ({ details }: RunReport<CampaignDetails>) =>
  details.rows.map(({ experiment, outcome }) => `${experiment} ${outcome}`);

const minuteMs = 60_000;

describe('a campaign', () => {
  it('carries its experiments out in their order, each by a run of its own, and scores them', async () => {
    const report = await play();
    expect(report).toMatchObject({
      ...{ outcome: 'Passed', reason: 'each of 3 experiments passed', undo: [] },
      details: { planned: 3, score: { passed: 1, failed: 0, unknown: 0 } },
    });
    const { rows } = report.details;
    const [first, second] = rows;
    expect((second?.startedAtMs ?? 0) - (first?.endedAtMs ?? 0)).toBeGreaterThanOrEqual(
      5 * minuteMs,
    );
    const children = hosts.reports.filter(({ kind }) => kind === 'chaosExperiment');
    expect(children.map(({ subject, parentRef }) => [subject.name, parentRef])).toEqual(
      three.map(({ experiment }) => [experiment, `chaos-campaign/${hosts.name}/weekly`]),
    );
    expect(rows.map(({ runRef }) => runRef)).toEqual(children.map(({ runRef }) => runRef));
  });

  it('asks for a permit for nothing, so that the lever reaches it, and each experiment for its own', async () => {
    await play({}, [{ experiment: 'first' }]);
    expect(hosts.permits.map(({ kind, scopes }) => [kind, scopes.length])).toEqual([
      ['chaosCampaign', 0],
      ['chaosExperiment', 3],
    ]);
  });

  it('begins no other after one that failed, unless it is told to go on', async () => {
    hosts.whileFaulted = { value: 20, failed: true };
    const stopped = await play();
    expect(outcomes(stopped)).toEqual(['first Failed']);
    expect(stopped).toMatchObject({
      ...{ outcome: 'Failed', reason: 'first: Failed: answers: 100% is above 5%' },
      notes: ['2 of 3 were not run: first ended as Failed'],
    });
    expect(stopped.details.score.unknown).toBeCloseTo(2 / 3);

    await world.renew();
    hosts.whileFaulted = { value: 20, failed: true };
    const report = await play({ stopAfter: 'none' });
    expect(outcomes(report)).toEqual(['first Failed', 'second Failed', 'third Failed']);
  });

  it('goes on after one that was refused or that proved nothing, and has not passed then', async () => {
    hosts.script('injectFault', 'web-1', () => ({ applied: true, apply: {}, expiresAtMs: 0 }));
    const examine = () => ({
      ...{ what: 'process 7 (web)', process: { pid: 7, startTime: '1' } },
      ...{ refusals: [], leftovers: [] },
    });
    const refuse = () => ({ what: '', refusals: ['its settings do not allow it'], leftovers: [] });
    hosts.script('examineTarget', 'web-1', examine, refuse);
    const spec = {
      target: { agents: [`${hosts.name}-web-1`], process: 'web' },
      mostOfTarget: '100%',
    };
    const report = await play(
      {},
      three.map((each) => ({ ...each, spec })),
    );
    expect(outcomes(report)).toEqual(['first NotInjected', 'second Refused', 'third Passed']);
    expect(report.outcome).toBe('Inconclusive');
    expect(report.details.rows[1]?.reason).toBe(
      `nothing was injected anywhere: ${hosts.name}-web-1: its settings do not allow it`,
    );
    expect(hosts.faulted.size).toBe(0);
  });

  it('has a day of experiments on time, none of them beside another', async () => {
    const day = [
      { experiment: 'kill', spec: { fault: { type: 'crash' } }, more: { repeatEvery: '2h' } },
      { experiment: 'slow', spec: { duration: '5m' }, more: { repeatEvery: '1d' } },
      { experiment: 'busy', spec: { duration: '10m', every: '2s' } },
      { experiment: 'split', spec: { duration: '2m' } },
    ];
    const report = await play({ lasts: '24h' }, day);
    expect(report.outcome).toBe('Passed');
    const { rows } = report.details;
    expect(rows).toHaveLength(15);
    let freeAtMs = 0;
    for (const { dueAtMs, startedAtMs = 0, endedAtMs = 0 } of rows) {
      expect(startedAtMs).toBeGreaterThanOrEqual(Math.max(dueAtMs, freeAtMs));
      expect(startedAtMs - Math.max(dueAtMs, freeAtMs)).toBeLessThan(minuteMs);
      freeAtMs = endedAtMs + 5 * minuteMs;
    }
  });
});

describe('people and a campaign', () => {
  it('halt the experiment under way, whose faults are removed, and begin no other', async () => {
    hosts.isWatchOpen = true;
    const run = await world.chaos.startCampaign(hosts, three);
    await eventually(async () => expect(hosts.faulted.size).toBe(1));
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    const report = await reportOf(run);
    expect(report).toMatchObject({
      ...{ outcome: 'Aborted', reason: 'Halted by ana: checkout is slow' },
    });
    expect(outcomes(report)).toEqual(['first Aborted']);
    expect(hosts.faulted.size).toBe(0);
    const child = hosts.reports.find(({ kind }) => kind === 'chaosExperiment');
    expect(child?.reason).toContain('Halted by ana: checkout is slow');
  });

  it('cancel it, and the experiment under way removes its faults', async () => {
    hosts.isWatchOpen = true;
    const run = await world.chaos.startCampaign(hosts, three, { stopAfter: 'none' });
    await eventually(async () => expect(hosts.faulted.size).toBe(1));
    await run.handle.cancel();
    const report = await reportOf(run);
    expect(report.outcome).toBe('Aborted');
    expect(hosts.faulted.size).toBe(0);
    // It waits for that, and has what became of it.
    expect(report.details.rows).toMatchObject([{ experiment: 'first', outcome: 'Aborted' }]);
  });

  it('pause it while an experiment is under way, and take that back', async () => {
    hosts.isWatchOpen = true;
    const run = await world.chaos.startCampaign(hosts, three, { stopAfter: 'none', pause: '1s' });
    await eventually(async () => expect(hosts.faulted.size).toBe(1));
    await expect(run.send('resume', { by: 'ben' })).rejects.toThrow();
    await run.send('pause', { by: 'ana', why: 'the sale' });
    await expect(run.send('pause', { by: 'ben' })).rejects.toThrow();
    expect(await run.status()).toMatchObject({
      ...{ phase: 'pausing', now: 'first; pauses after it, asked by ana: the sale' },
    });
    await run.send('resume', { by: 'ben' });
    expect(await run.status()).toMatchObject({
      ...{ phase: 'working', now: 'first; goes on after it, asked by ben' },
    });
    hosts.isWatchOpen = false;
    await world.chaos.env.client.workflow
      .getHandle(`chaos/${hosts.name}/first`)
      .signal('abort', { by: 'ana' });
    const report = await reportOf(run);
    expect(outcomes(report)).toEqual(['first Aborted', 'second Passed', 'third Passed']);
  });

  it('pause it before the next, skip that one, and resume', async () => {
    const run = await world.chaos.startCampaign(hosts, three);
    const open = (await run.until(({ now }) => now === 'first')) as CampaignStatus;
    expect(open.campaign).toMatchObject({
      ...{ planned: 3, ended: {}, underWay: 'first', next: { experiment: 'second' } },
    });
    await run.send('pause', { by: 'ana', why: 'the sale' });
    // Time is skipped while the result of a run is waited for.
    await world.chaos.env.client.workflow.getHandle(`chaos/${hosts.name}/first`).result();
    const { now } = await run.until(({ phase }) => phase === 'paused');
    expect(now).toBe('Paused before second by ana: the sale. Answer with resume');
    await expect(run.send('skip', { by: 'ana' })).rejects.toThrow();
    await run.send('skip', { by: 'ana', why: 'web-2 is gone', step: 'second' });
    await run.until(({ now: shown }) => shown.startsWith('Paused before third'));
    await run.send('resume', { by: 'ben' });
    const waiting = (await run.until(({ now: shown }) =>
      /^third is next, at .* UTC, when it is due$/u.test(shown),
    )) as CampaignStatus;
    expect(waiting.campaign).toMatchObject({
      ...{ ended: { Passed: 1, Skipped: 1 }, next: { experiment: 'third' } },
    });
    expect(waiting.campaign?.underWay).toBeUndefined();
    await run.send('abort', { by: 'ben' });
    const report = await reportOf(run);
    expect(report).toMatchObject({ outcome: 'Aborted', reason: 'Halted by ben' });
    expect(outcomes(report)).toEqual(['first Passed', 'second Skipped']);
  });
});

describe('a campaign that was paused for long', () => {
  const pausedFor = async (hours: string, more: object) => {
    const again = [{ experiment: 'first', more: { repeatEvery: '2h' } }];
    const run = await world.chaos.startCampaign(hosts, again, more);
    await run.until(({ now }) => now.startsWith('first (1 of'));
    await run.send('pause', { by: 'ana', why: 'the sale' });
    await world.chaos.env.client.workflow.getHandle(`chaos/${hosts.name}/first`).result();
    await run.until(({ phase }) => phase === 'paused');
    await world.chaos.env.sleep(hours);
    await run.send('resume', { by: 'ben' });
    return reportOf(run);
  };

  it('makes up for nothing: what was due meanwhile is missed, and the next begins at its time', async () => {
    const report = await pausedFor('9h', { lasts: '24h' });
    expect(report.outcome).toBe('Inconclusive');
    const { rows } = report.details;
    expect(rows).toHaveLength(12);
    const missed = rows.filter(({ outcome }) => outcome === 'Missed');
    expect(missed.map((row) => rows.indexOf(row))).toEqual([1, 2, 3]);
    expect(missed[0]?.reason).toBe('it was due again before there was time for it');
    const begun = rows.filter(({ outcome }) => outcome === 'Passed');
    expect(begun).toHaveLength(9);
    for (const [index, { dueAtMs, startedAtMs = 0 }] of begun.entries()) {
      expect(startedAtMs).toBeGreaterThanOrEqual(dueAtMs);
      const before = begun[index - 1]?.endedAtMs ?? 0;
      expect(startedAtMs - before).toBeGreaterThanOrEqual(5 * minuteMs);
    }
  });

  it('begins nothing once its time is over', async () => {
    const { rows } = (await pausedFor('30h', { lasts: '24h' })).details;
    expect(rows.map(({ outcome }) => outcome)).toEqual([
      'Passed',
      ...Array<string>(11).fill('Missed'),
    ]);
    expect(rows.at(-1)?.reason).toBe('the campaign was over');
  });

  it('begins nothing outside of its allowed hours', async () => {
    const hourMs = 60 * minuteMs;
    const beganMs = await world.chaos.env.currentTimeMs();
    const soon = { fromMs: beganMs, untilMs: beganMs + hourMs };
    const later = { fromMs: beganMs + 20 * hourMs, untilMs: beganMs + 22 * hourMs };
    world.chaos.hours.push(...Array<Window[]>(100).fill([soon, later]));
    const allowedHours = { zone: 'UTC', every: ['daily 00:00 to 00:00'] };
    const { rows } = (await pausedFor('9h', { lasts: '24h', allowedHours })).details;
    world.chaos.hours.splice(0);
    const begun = rows.filter(({ outcome }) => outcome === 'Passed');
    expect(begun.length).toBeGreaterThan(1);
    for (const { startedAtMs = 0 } of begun.slice(1)) {
      expect(startedAtMs).toBeGreaterThanOrEqual(later.fromMs);
    }
  });
});

describe('a preview of a campaign', () => {
  it('checks every experiment, and injects nothing', async () => {
    const report = await play({ dryRun: true });
    expect(report).toMatchObject({
      ...{ outcome: 'Planned', reason: 'faults would be injected 3 times, never two at once' },
    });
    expect(hosts.acts).toEqual([]);
    hosts.script('examineTarget', 'web-1', () => ({
      ...{ what: '', refusals: ['its settings do not allow it'], leftovers: [] },
    }));
    expect(await play({ dryRun: true })).toMatchObject({
      outcome: 'NotReady',
      reason: expect.stringMatching(/^first: nothing was injected anywhere/u) as string,
    });
  });
});
