import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ScriptedIncidents } from '../../../fixtures/scripted-incidents.ts';
import { longestStartMs } from '../../../fixtures/scripted-rollouts.ts';

function latch(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

const patience = { timeout: 20_000, interval: 50 };

let incidents: ScriptedIncidents;

beforeAll(async () => {
  incidents = await ScriptedIncidents.start();
}, longestStartMs);

afterAll(() => incidents.stop(), 20_000);

describe('an incident', () => {
  it('calls level after level until somebody acknowledges, and then nobody', async () => {
    const shop = await incidents.declare({
      incident: 'levels',
      severity: 'sev1',
      escalation: [
        { after: '0s', to: ['first'], who: ['ana'] },
        { after: '5m', to: ['second'] },
      ],
    });
    await shop.until(({ phase }) => phase === 'unacknowledged');
    await shop.sleep('4m');
    expect(shop.notifications.map(({ event, to }) => [event, to])).toEqual([
      ['incident-declared', ['first']],
    ]);
    await shop.sleep('2m');
    expect(shop.notifications.at(-1)).toMatchObject({
      ...{ event: 'incident-escalated', to: ['second'], severity: 'critical' },
      title: expect.stringContaining('no acknowledgement for 5m, level 2 of 2') as string,
    });
    await shop.sleep('5m');
    expect(shop.notifications.at(-1)).toMatchObject({ to: ['first', 'second'] });
    expect(shop.notifications.at(-1)?.title).toContain('round 2, everybody');
    expect((await shop.send('ack', { by: 'ben' })).now).toContain('ben is working on it');
    expect(await shop.refusal('ack', { by: 'eve' })).toContain(
      'Nothing waits for an acknowledgement (acknowledged)',
    );
    await shop.sleep('10m');
    expect(shop.events.slice(3)).toEqual(['incident-update']);
    const { incident } = await shop.status();
    expect(incident).toMatchObject({ roles: { commander: 'ben' }, acknowledgedBy: 'ben' });
    expect(incident).toMatchObject({ escalations: 2 });
    await shop.handle.terminate();
  });

  it('reminds its commander of an update, and calls everybody again when none comes', async () => {
    const shop = await incidents.declare({ incident: 'overdue', severity: 'sev2' });
    await shop.send('ack', { by: 'ben' });
    await shop.sleep('16m');
    expect(shop.events.at(-1)).toBe('incident-update-due');
    expect(shop.notifications.at(-1)?.text).toContain('ben: tell how it stands');
    await shop.send('update', { with: { text: 'still looking' } });
    await shop.sleep('14m');
    expect((await shop.status()).phase).toBe('acknowledged');
    await shop.sleep('17m');
    expect(await shop.status()).toMatchObject({
      ...{ phase: 'overdue', incident: { updatesOverdue: 1 } },
    });
    expect(shop.notifications.at(-1)?.title).toContain('no update for 30m, level 1 of 3');
    await shop.send('update', { with: { text: 'found it' } });
    expect((await shop.status()).phase).toBe('acknowledged');
    await shop.handle.terminate();
  });

  it('is handed over to another commander, who is reminded of updates from then on', async () => {
    const roles = { commander: 'ben', scribe: 'ana' };
    const shop = await incidents.declare({ incident: 'handed', severity: 'sev2', roles });
    await shop.send('ack', { by: 'ana' });
    const handOver = { role: 'commander', person: 'eve' };
    const { incident } = await shop.send('assign', { by: 'ben', with: handOver });
    expect(incident).toMatchObject({
      ...{ roles: { commander: 'eve', scribe: 'ana' }, acknowledgedBy: 'ana' },
      timeline: expect.arrayContaining([
        expect.objectContaining({ by: 'ben', text: 'eve is commander, handed over by ben' }),
      ]) as unknown,
    });
    await shop.sleep('16m');
    expect(shop.events.at(-1)).toBe('incident-update-due');
    expect(shop.notifications.at(-1)?.text).toContain('eve: tell how it stands');
    await shop.handle.terminate();
  });

  it('is mitigated, resolved, and closes when its postmortem is done', async () => {
    incidents.around = [
      {
        ...{ runRef: 'r1', workflowId: 'rollout/prod/shop', runId: 'x', family: 'rollouts' },
        ...{ kind: 'canary', outcome: 'Promoted', reason: 'fine', startedAtMs: 1, endedAtMs: 2 },
      },
    ];
    const shop = await incidents.declare({ incident: 'whole', severity: ['sev3', 'sev1'] });
    await shop.send('ack');
    await shop.send('assign', { with: { role: 'scribe', person: 'eve' } });
    await shop.send('correct', {
      why: 'first error in the log',
      with: { moment: 'impact', at: '2020-01-01T00:00Z' },
    });
    await shop.send('mitigate', { why: 'rolled back' });
    await shop.sleep('25h');
    expect(shop.events.filter((event) => event === 'incident-mitigated')).toHaveLength(2);
    await shop.send('resolve', { why: 'fixed' });
    const resolved = await shop.until(({ incident }) => incident?.postmortem !== undefined);
    expect(resolved).toMatchObject({ phase: 'resolved', accepts: expect.any(Array) as unknown });
    expect(await shop.refusal('ack')).toContain('Nothing waits for an acknowledgement (resolved)');
    await shop.sleep('73h');
    expect(shop.events.filter((event) => event === 'postmortem-due')).toHaveLength(2);
    await shop.send('note', { with: { about: 'factor', text: 'no alert' } });
    await shop.signal('postmortem', { with: { link: 'https://wiki/1' } });
    const report = await shop.report();
    expect(report).toMatchObject({ outcome: 'Resolved', kind: 'incident', family: 'recovery' });
    expect(report.steps?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'acknowledge done',
      'mitigate done',
      'resolve done',
      'postmortem done',
    ]);
    expect(report.details).toMatchObject({
      severity: 'sev1',
      around: [{ workflowId: 'rollout/prod/shop' }],
      postmortem: { link: 'https://wiki/1', doneBy: 'ana' },
      objectives: [
        { name: 'RTO', verdict: 'unmeasured', how: 'nobody recorded trafficOk' },
        { name: 'RPO', verdict: 'unmeasured', how: 'nobody recorded recoveredTo' },
      ],
    });
    expect(report.details.moments.impact).toMatchObject([
      { by: 'ana', why: 'first error in the log' },
    ]);
    expect(shop.events.at(-1)).toBe('postmortem-done');
  });

  it('takes duplicates in once, joins others, and begins again when it recurs', async () => {
    const alert = { incident: 'joined', alert: 'alert/f1/1', severity: 'sev2' };
    const [shop] = await Promise.all([
      incidents.declare(alert, 'alert/f1/1'),
      incidents.declare(alert, 'alert/f1/1'),
      incidents.declare({ ...alert, alert: 'alert/f1/0', severity: 'sev3' }),
    ]);
    const first = await shop.until(({ incident }) => incident?.alerts.length === 2);
    expect(first.incident).toMatchObject({ severity: 'sev2' });
    expect(first.incident?.timeline.filter(({ text }) => text.includes('joined'))).toHaveLength(1);
    await shop.send('ack');
    await incidents.declare({ incident: 'joined', severity: 'sev4' });
    const joined = await shop.until(({ incident }) => incident?.requests.length === 3);
    expect(joined).toMatchObject({ phase: 'acknowledged', incident: { severity: 'sev2' } });
    await shop.send('alertEnded', { with: { alert: 'alert/f1/1' } });
    expect((await shop.status()).phase).toBe('acknowledged');
    await shop.send('resolve');
    await shop.until(({ incident }) => incident?.postmortem !== undefined);
    await incidents.declare({ ...alert, alert: 'alert/f1/2' });
    const again = await shop.until(({ phase }) => phase === 'unacknowledged');
    expect(again.incident?.moments.resolved).toBeUndefined();
    expect(again.incident?.postmortem).toBeUndefined();
    await shop.handle.terminate();
  });

  it('ends with its alerts where its spec says so', async () => {
    const shop = await incidents.declare({
      ...{ incident: 'by-alerts', severity: 'sev4', alert: 'alert/f2/1' },
      resolveWithAlerts: true,
    });
    await shop.until(({ phase }) => phase === 'unacknowledged');
    await shop.signal('alertEnded', { with: { alert: 'alert/f2/1' } });
    const report = await shop.report();
    expect(report.details.moments.resolved?.[0]).toMatchObject({ by: 'its alerts' });
    expect(shop.events.at(-1)).toBe('incident-resolved');
  });

  it('freezes while it is severe, and thaws when it is over or withdrawn', async () => {
    const shop = await incidents.declare({
      incident: 'frozen',
      severity: 'sev3',
      freeze: 'services',
    });
    await shop.send('ack');
    expect(incidents.frozen).toEqual([]);
    await shop.send('update', { with: { text: 'worse', severity: 'sev1' } });
    await shop.sleep('1s');
    expect(incidents.frozen).toMatchObject([{ environment: 'prod', services: ['frozen'] }]);
    await shop.signal('withdraw', { why: 'a test' });
    const report = await shop.report();
    expect(report).toMatchObject({ outcome: 'Withdrawn', undo: [{ state: 'done' }] });
    expect(incidents.frozen).toEqual([]);
  });

  it.each(['resolve', 'withdraw'])('leaves no freeze that lands after its %s', async (verb) => {
    incidents.freezeLog.splice(0);
    const { promise, resolve: land } = latch();
    incidents.freezing = promise;
    const severity = 'sev2';
    const shop = await incidents.declare({
      incident: `late-${verb}`,
      severity,
      freeze: 'services',
    });
    await vi.waitFor(() => expect(incidents.freezeLog).toEqual(['asked']), patience);
    await shop.signal(verb, { why: 'over' });
    await shop.until(({ phase }) => phase === (verb === 'resolve' ? 'resolved' : 'undoing'));
    await delay(500);
    land();
    incidents.freezing = Promise.resolve();
    await vi.waitFor(() => {
      expect(incidents.freezeLog).toEqual(['asked', 'frozen', 'thawed']);
    }, patience);
    expect(incidents.frozen).toEqual([]);
    if (verb === 'withdraw') return;
    await incidents.declare({ incident: `late-${verb}`, severity });
    await vi.waitFor(() => expect(incidents.frozen).toMatchObject([{ turn: 2 }]), patience);
    await shop.signal('withdraw', { why: 'a test' });
    await shop.report();
    expect(incidents.frozen).toEqual([]);
  });

  it('continues as new with the acknowledgement that arrives while it waits for notifications', async () => {
    const { promise, resolve: deliver } = latch();
    incidents.delivering = promise;
    const shop = await incidents.declare({ incident: 'long', severity: 'sev2' });
    const first = await shop.until(({ incident }) => incident !== undefined);
    await shop.fillHistory(500);
    await shop.send('ack', { by: 'ben' });
    deliver();
    incidents.delivering = Promise.resolve();
    await vi.waitFor(async () => {
      await shop.send('note', { with: { about: 'happened', text: 'one more' } });
      expect((await shop.status()).runId).not.toBe(first.runId);
    }, patience);
    const { phase, incident } = await shop.status();
    expect({ phase, by: incident?.acknowledgedBy }).toEqual({ phase: 'acknowledged', by: 'ben' });
    expect(shop.notifications.map(({ text }) => text).join()).toContain('ben');
    expect(shop.events.filter((event) => event === 'incident-update')).not.toHaveLength(0);
    await shop.handle.terminate();
  }, 60_000);

  it('is declared and resolved while the ledger is away, and says what it could not read', async () => {
    incidents.around = undefined;
    const shop = await incidents.declare({ incident: 'no-ledger', severity: 'sev4' });
    await shop.until(({ phase }) => phase === 'unacknowledged');
    await shop.signal('resolve', {});
    const report = await shop.report();
    incidents.around = [];
    expect(report.details.aroundMissing).toBe('the ledger did not answer');
    expect(report.notes.join()).toContain('the ledger is away');
  });

  it('refuses what it cannot read, naming everything', async () => {
    const shop = await incidents.declare({ incident: 'refusing' });
    await shop.until(({ phase }) => phase === 'unacknowledged');
    expect(
      await shop.refusal('correct', { with: { moment: 'lunch', at: '2020-01-01', who: 'me' } }),
    ).toMatch(/with\.who is unknown.*with\.moment is "lunch"/);
    const { incident } = await shop.status();
    expect(incident?.timeline[0]?.text).toContain('sev1 (nobody said how severe it is)');
    await shop.handle.terminate();
  });
});
