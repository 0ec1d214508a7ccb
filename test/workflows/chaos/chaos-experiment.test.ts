import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { eventually } from '../../fixtures/eventually.ts';
import { absentAgent, refusedBy, type ScriptedHosts } from '../../fixtures/scripted-hosts.ts';
import { useScriptedChaos } from '../../fixtures/use-scripted-chaos.ts';

let hosts: ScriptedHosts;

const world = useScriptedChaos((ofTest) => {
  hosts = ofTest;
});
const { start, play, hit, actsOn, renew } = world;

describe('an experiment', () => {
  it('measures the steady state, injects into one, watches, removes, and sees it recover', async () => {
    const report = await play();
    expect(report).toMatchObject({
      outcome: 'Passed',
      reason: expect.stringMatching(/^the hypothesis held during the fault, and held/) as string,
      undo: [],
    });
    expect(hosts.acts).toEqual([`injectFault ${hit()}`, `revertLease ${hit()}`]);
    expect(report.steps?.map(({ name }) => name.replace(hit(), 'HOST'))).toEqual([
      ...['resolve the target', 'check what is measured', 'ask change control'],
      ...['measure the steady state for 30s', `inject freeze on ${hosts.name}-HOST`],
      ...['watch for 30s', 'remove every fault', 'wait for recovery'],
    ]);
    const { windows, candidates, targets, leftBehind } = report.details;
    expect(windows.map(({ window }) => window)).toEqual(['steady', 'during', 'after']);
    expect([candidates, targets.length, leftBehind]).toEqual([2, 1, []]);
    for (const { fromMs = 0, toMs = 0, metrics } of windows) {
      expect(toMs).toBeGreaterThan(fromMs);
      for (const { series = [] } of metrics) expect(series.length).toBe((toMs - fromMs) / 1_000);
    }
  });

  it('asks for a permit for all that may suffer', async () => {
    await play({ databases: ['orders'] });
    expect(hosts.permits).toMatchObject([
      {
        ...{ family: 'chaos', kind: 'chaosExperiment' },
        scopes: [
          { of: 'service', name: 'web' },
          { of: 'database', name: 'orders' },
          { of: 'host', name: `${hosts.name}-web-1` },
          { of: 'host', name: `${hosts.name}-web-2` },
        ],
      },
    ]);
  });

  it('fails where the hypothesis does not hold during the fault, and where it never holds again', async () => {
    hosts.whileFaulted = { value: 5_000, failed: true };
    expect(await play()).toMatchObject({ outcome: 'Failed', reason: 'answers: 100% is above 5%' });
    expect(hosts.faulted.size).toBe(0);

    await renew();
    hosts.script('revertLease', 'web-1', () => breakForGood(hosts, 'web-1'));
    hosts.script('revertLease', 'web-2', () => breakForGood(hosts, 'web-2'));
    expect(await play()).toMatchObject({
      ...{ outcome: 'Failed' },
      reason: 'the hypothesis did not hold again within 1m: answers: 100% is above 5%',
    });
  });

  it('injects nothing where the hypothesis does not hold without a fault', async () => {
    hosts.usually = { value: 20, failed: true };
    expect(await play()).toMatchObject({
      outcome: 'Inconclusive',
      reason: expect.stringContaining('nothing was injected: answers: 100% is above 5%') as string,
    });
    expect(hosts.acts).toEqual([]);
  });

  it('never passes for missing data', async () => {
    hosts.whileFaulted = { value: undefined } as never;
    expect(await play()).toMatchObject({
      outcome: 'Inconclusive',
      reason: 'answers: 0 of at least 24 samples',
    });
  });

  it('fails where it recovers only after its time', async () => {
    for (const host of ['web-1', 'web-2']) {
      const seen = { isThere: false, isTargetRunning: true, detail: 'state S' };
      const effective = () => ({ ...seen, isEffective: true });
      const gone = () => ({ ...seen, isEffective: false });
      const runsLate = () => delay(1_500).then(gone);
      hosts.script('observeFault', host, effective, effective, gone, runsLate);
    }
    expect(await play({ recoverWithin: '1s' })).toMatchObject({
      ...{ outcome: 'Failed', reason: 'the target was seen to run again only after 1s' },
    });
  });

  it('fails where a process that was killed is not started again', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => {
        hosts.ended.add(host);
        return { applied: true, apply: {}, expiresAtMs: 0 };
      });
      hosts.script('observeFault', host, () => ({
        ...{ isEffective: true, isThere: false, isTargetRunning: false, detail: 'it has ended' },
      }));
    }
    const report = await play({ fault: { type: 'crash' } });
    const why = 'was not seen to run within 1m: state S';
    expect(report).toMatchObject({
      ...{ outcome: 'Failed', reason: `${hosts.name}-${hit()} ${why}` },
    });
    const [evidence] = report.steps?.at(-1)?.evidence ?? [];
    expect(evidence).toMatchObject({ source: `${hosts.name}-${hit()}`, value: why });
  });

  it('shows the metrics that did not recover, and says nothing of a target that runs', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, () => breakForGood(hosts, host));
    }
    const report = await play();
    const evidence = report.steps?.at(-1)?.evidence ?? [];
    expect(evidence.map(({ what, value }) => `${what} ${value}`)).toEqual([
      'answers fails: 100% is above 5%',
    ]);
  });
});

describe('an experiment that is refused', () => {
  it('names every reason on every host, and injects nothing anywhere', async () => {
    hosts.script('examineTarget', 'web-1', () => ({
      ...{ what: 'process web', refusals: ['its settings do not allow freeze', 'it is too long'] },
      leftovers: [{ what: 'chaos cpu web is not over', runRef: '20261128T080000Z-1' }],
    }));
    hosts.script('examineTarget', 'web-2', absentAgent('web-2'));
    const refusal = await (await start()).refusal();
    expect(refusal.split('; ')).toEqual([
      `nothing was injected anywhere: ${hosts.name}-web-1: its settings do not allow freeze`,
      `${hosts.name}-web-1: it is too long`,
      `${hosts.name}-web-2: agent web-2 did not take it up`,
      `${hosts.name}-web-1: something of an earlier experiment is there: chaos cpu web is not over (of run 20261128T080000Z-1)`,
    ]);
    expect(hosts.acts).toEqual([]);
    expect(hosts.permits).toEqual([]);
  });

  it('says how an agent is started that nobody has, and that no history has room for so many faults', async () => {
    const agents = ['nobody', ...Array.from({ length: 21 }, (_, index) => `nobody-${index}`)];
    const long = { duration: '1h', steadyState: '1m', every: '10s', stopConditions: 'none' };
    const run = await start({
      ...{ target: { agents, process: 'web' }, blastRadius: { count: 11 }, ...long },
    });
    const refusal = await run.refusal();
    expect(refusal).toMatch(
      /nobody: agent nobody did not take examineTarget up within 10s\. Start it on its host with `belay agent`/,
    );
    expect(refusal).toContain('11 targets for 1h are more than a run can watch');
  });

  it('would hit more than half of the target', async () => {
    const refusal = await (await start({ blastRadius: { count: 2 } })).refusal();
    expect(refusal).toContain('2 of 2 would be hit, which is 100% of the target, more than 50%');
    await renew();
    const report = await play({ blastRadius: { count: 2 }, mostOfTarget: '100%' });
    expect(report.details.targets).toHaveLength(2);
  });

  it('cannot measure what it would be judged by', async () => {
    hosts.script('runProbe', 'outside', refusedBy('outside', 'it has no probe "web"'));
    const hypothesis = {
      answers: { errorsOf: { agent: `${hosts.name}-outside`, probe: 'web' } },
      orders: { query: 'sum(orders)', atLeast: 1 },
    };
    const run = await start({ hypothesis, stopConditions: 'none' });
    const refusal = await run.refusal();
    expect(refusal).toContain('answers: outside: it has no probe "web"');
    expect(refusal).toContain('orders: no Prometheus server is configured');
  });

  it('is measured by a query that is not answered', async () => {
    const query = `sum(orders{env="${hosts.name}"})`;
    const hypothesis = { orders: { query, atLeast: 1 } };
    const unanswered = () => ({ samples: { orders: [{ afterMs: 0, unanswered: true }] } });
    hosts.script('watchQueries', 'worker', unanswered, unanswered);
    const run = await start({ hypothesis, stopConditions: 'none' });
    expect(await run.refusal()).toBe(
      'nothing was injected anywhere: orders: Prometheus did not answer within 10s',
    );

    await renew();
    const answered = () => ({ samples: { orders: [{ afterMs: 0, value: 7 }] } });
    hosts.script('watchQueries', 'worker', unanswered, answered);
    const slow = { orders: { query: `sum(orders{env="${hosts.name}"})`, atLeast: 1 } };
    const preview = { hypothesis: slow, stopConditions: 'none', dryRun: true };
    expect(await play(preview)).toMatchObject({ outcome: 'Planned' });
  });

  it('is outside of its hours, also where it is a dry run', async () => {
    // The only minute of the week that is not now.
    const now = new Date();
    const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][(now.getUTCDay() + 3) % 7];
    const allowedHours = { zone: 'UTC', every: [`${day} 09:00 to 10:00`] };
    expect(await (await start({ allowedHours })).refusal()).toContain(
      'now is outside of the allowed hours; they begin at',
    );
    await renew();
    expect(await (await start({ allowedHours, dryRun: true })).refusal()).toContain(
      'now is outside of the allowed hours; they begin at',
    );
    expect(hosts.acts).toEqual([]);
    expect(hosts.permits).toEqual([]);
  });

  it('injects nothing where its hours have ended by then', async () => {
    const farMs = 1e14;
    world.chaos.hours.push(
      [{ fromMs: 0, untilMs: farMs }],
      [{ fromMs: farMs, untilMs: farMs + 1 }],
    );
    const allowedHours = { zone: 'UTC', every: ['Mon 09:00 to 10:00'] };
    expect(await play({ allowedHours })).toMatchObject({
      outcome: 'Inconclusive',
      reason: expect.stringMatching(
        /^nothing was injected: now is outside of the allowed hours; they begin at/,
      ) as string,
    });
    expect(hosts.acts).toEqual([]);
  });
});

describe('an injection that fails', () => {
  it('is NotInjected where no probe sees the fault, and the others are left alone', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => ({ applied: true, apply: {}, expiresAtMs: 0 }));
    }
    const report = await play({ blastRadius: { count: 2 }, mostOfTarget: '100%' });
    expect(report).toMatchObject({ outcome: 'NotInjected' });
    expect(report.reason).toBe(`no probe saw the fault: ${hosts.name}-${hit()}: state S`);
    expect(actsOn(hit())).toEqual([`injectFault ${hit()}`, `revertLease ${hit()}`]);
    expect(hosts.acts).toHaveLength(2);
  });

  it('is removed also where it was refused halfway: the ones before it are', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => {
        if (hosts.faulted.size > 0) throw refusedBy(host, 'it is another process now');
        hosts.faulted.set(host, { type: 'freeze' });
        return { applied: true, apply: {}, expiresAtMs: 0 };
      });
    }
    const { outcome, reason } = await play({ blastRadius: { count: 2 }, mostOfTarget: '100%' });
    const other = hit() === 'web-1' ? 'web-2' : 'web-1';
    expect(outcome).toBe('NotInjected');
    expect(reason).toBe(
      `was not injected: ${hosts.name}-${other}: ${other}: it is another process now`,
    );
    expect(actsOn(hit())).toEqual([`injectFault ${hit()}`, `revertLease ${hit()}`]);
    expect(hosts.faulted.size).toBe(0);
  });
});

describe('a fault that stays', () => {
  it('is LeftBehind, with all that is known of it, although the hypothesis holds', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, ...Array<Error>(100).fill(absentAgent(host)));
    }
    const report = await play();
    expect(report.outcome).toBe('LeftBehind');
    expect(report.reason).toMatch(/^still there: .*its removal was not confirmed .*; state T$/);
    expect(report.notes.join()).toContain('Removing failed on');
    await eventually(async () =>
      expect(hosts.notifications.map(({ event }) => event)).toContain('failed'),
    );
  });

  it('keeps none of the others from being removed, and each that stays is named', async () => {
    const failing = (host: string) => {
      hosts.script('revertLease', host, ...Array<Error>(100).fill(absentAgent(host)));
    };
    const both = { blastRadius: { count: 2 }, mostOfTarget: '100%' };
    failing('web-1');
    const one = await play(both);
    expect(one.outcome).toBe('LeftBehind');
    expect(one.details.leftBehind).toEqual([expect.stringContaining(`${hosts.name}-web-1: `)]);
    expect([...hosts.faulted.keys()]).toEqual(['web-1']);

    await renew();
    for (const host of ['web-1', 'web-2']) failing(host);
    const { details } = await play(both);
    expect(details.leftBehind.toSorted()).toEqual([
      expect.stringContaining(`${hosts.name}-web-1: `),
      expect.stringContaining(`${hosts.name}-web-2: `),
    ]);
  });

  it('is removed as soon as its agent is there again', async () => {
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, absentAgent(host), absentAgent(host));
    }
    expect(await play()).toMatchObject({ outcome: 'Passed' });
    expect(actsOn(hit()).filter((act) => act.startsWith('revert'))).toHaveLength(3);
  });
});

function breakForGood(of: ScriptedHosts, host: string): object {
  of.faulted.delete(host);
  of.usually = { value: 20, failed: true };
  return { why: 'asked' };
}
