import { beforeEach, describe, expect, it } from 'vitest';
import type { StageExperimentStatus } from '../../../../src/contracts/rollouts/status.ts';
import { blocked, held } from '../../../fixtures/scripted-activities.ts';
import { absentAgent, refusedBy } from '../../../fixtures/scripted-hosts.ts';
import { canarySpec, ScriptedRun } from '../../../fixtures/scripted-rollouts.ts';
import { experimentOn, ScriptedStages, type Staged } from '../../../fixtures/scripted-stages.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const stages = useStarted(() => ScriptedStages.start());
let staged: Staged;

beforeEach(async () => {
  staged = await stages().stage();
});

function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve: () => resolve() };
}

const onStage = (run: ScriptedRun): Promise<StageExperimentStatus | undefined> =>
  run.status().then((status) => status.stages[0]?.experiment);

/** Until its fault is there. */
async function untilFaulted(more: object = {}): Promise<ScriptedRun> {
  const { experimentId, hosts } = staged;
  hosts.isWatchOpen = true;
  const run = await stages().start(staged, more);
  await run.until('experimenting');
  const experiment = new ScriptedRun(stages().rollouts.env, { workflowId: experimentId });
  await experiment.untilStatus('faulted', ({ now }) => now.startsWith('watch'));
  expect(hosts.faulted.size).toBe(1);
  return run;
}

describe('a rollout whose stage has an experiment', () => {
  it('goes on once it has passed, made while the canary has its traffic', async () => {
    const { shop, hosts, experimentId } = staged;
    for (const host of ['web-1', 'web-2']) {
      hosts.script('injectFault', host, () => {
        shop.acts.push('fault');
        hosts.faulted.set(host, { type: 'freeze' } as never);
        return { applied: true, apply: {}, expiresAtMs: 0 };
      });
    }
    const report = await (await stages().start(staged)).report();
    expect(report, report.reason).toMatchObject({ outcome: 'Promoted' });
    const [first, last] = report.details.stages;
    expect(first?.experiment).toMatchObject({
      ...{ workflowId: experimentId, outcome: 'Passed' },
      reason: expect.stringContaining('the hypothesis held during the fault') as string,
    });
    expect(last?.experiment).toBeUndefined();
    expect(shop.acts.indexOf('fault')).toBe(shop.acts.indexOf('setWeight 20') + 1);
    expect(shop.acts.indexOf('setWeight 100')).toBe(shop.acts.indexOf('fault') + 1);

    const made = await stages().reportOf(staged);
    expect(made).toMatchObject({ parentRef: report.workflowId, runRef: first?.experiment?.runRef });
    expect(report.steps?.[0]?.evidence.at(-1)).toMatchObject({
      ...{ what: 'experiment', source: experimentId },
      value: expect.stringContaining('Passed: ') as string,
    });
  });

  it('asks for its permit as the child of the run that holds one for the service', async () => {
    const { shop } = staged;
    const report = await (await stages().start(staged)).report();
    const [own, childs] = shop.permitRequests;
    expect(own).not.toHaveProperty('parent');
    expect(childs).toMatchObject({
      ...{ kind: 'chaosExperiment', scopes: [{ of: 'service', name: shop.name }, {}, {}] },
      parent: { workflowId: own?.workflowId, runRef: report.runRef },
    });
  });

  it('is undone where it failed, as if its metrics had', async () => {
    const { shop, hosts } = staged;
    hosts.whileFaulted = { value: 5_000, failed: true };
    const report = await (await stages().start(staged)).report();
    expect(report).toMatchObject({
      outcome: 'RolledBack',
      reason: expect.stringMatching(/^at 20 %: experiment .* ended as Failed: answers: /) as string,
    });
    expect(report.details.stages[0]).toMatchObject({
      ...{ state: 'failed', experiment: { outcome: 'Failed' } },
    });
    expect(shop.acts).not.toContain('setWeight 100');
    expect(shop.acts.slice(-3)).toEqual(['restoreStable', 'removeCanary', 'letGoOfService']);
    expect(hosts.faulted.size).toBe(0);
  });

  it('waits for a person where nothing was found out, and goes on when one says so', async () => {
    const { shop, hosts } = staged;
    hosts.whileFaulted = { value: undefined } as never;
    shop.script('watchHold', held('pass'), blocked);
    const run = await stages().start(staged);
    await run.until('experimenting');
    await stages().reportOf(staged);
    const waiting = await run.until('inconclusive');
    expect(waiting.now).toContain('ended as Inconclusive: answers: 0 of at least');
    expect(shop.acts).not.toContain('setWeight 100');
    await run.send('promote', { by: 'ana', stage: 20 });
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Promoted' });
    expect(report.details.stages[0]).toMatchObject({
      ...{ note: 'promoted by ana', experiment: { outcome: 'Inconclusive' } },
    });
  });

  it('waits for a person where it was refused, or injected nothing', async () => {
    const { hosts, shop } = staged;
    shop.script('watchHold', held('pass'), blocked);
    for (const host of ['web-1', 'web-2']) {
      hosts.script('examineTarget', host, refusedBy(host, 'it may not freeze web'));
    }
    const refused = await stages().start(staged);
    expect((await refused.until('inconclusive')).now).toContain('it may not freeze web');
    expect(await onStage(refused)).toMatchObject({ outcome: 'Refused' });
    await refused.send('abort');
    expect(await refused.report()).toMatchObject({ outcome: 'Aborted' });

    staged = await stages().stage();
    staged.shop.script('watchHold', held('pass'), blocked);
    for (const host of ['web-1', 'web-2']) {
      staged.hosts.script('injectFault', host, absentAgent(host));
    }
    const nothing = await stages().start(staged);
    await nothing.until('experimenting');
    await stages().reportOf(staged);
    await nothing.until('inconclusive');
    expect(await onStage(nothing)).toMatchObject({ outcome: 'NotInjected' });
    await nothing.handle.terminate();
  });

  it('waits for a person where its fault may still be there, whatever its spec says', async () => {
    const { hosts, shop } = staged;
    for (const host of ['web-1', 'web-2']) {
      hosts.script('revertLease', host, ...Array<Error>(100).fill(absentAgent(host)));
    }
    shop.script('watchHold', held('pass'), blocked);
    const run = await stages().start(staged, { onInconclusive: 'abort' });
    await run.until('experimenting');
    expect(await stages().reportOf(staged)).toMatchObject({ outcome: 'LeftBehind' });
    await run.until('inconclusive');
    expect(await onStage(run)).toMatchObject({
      ...{ outcome: 'LeftBehind', reason: expect.stringContaining('was not confirmed') as string },
    });
    expect(shop.acts).not.toContain('restoreStable');
    await run.send('abort');
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
  });

  it('is undone instead where its spec says so, and its metrics still count while it waits', async () => {
    const { hosts } = staged;
    hosts.whileFaulted = { value: undefined } as never;
    const report = await (await stages().start(staged, { onInconclusive: 'abort' })).report();
    expect(report).toMatchObject({ outcome: 'RolledBack' });

    staged = await stages().stage();
    staged.hosts.whileFaulted = { value: undefined } as never;
    staged.shop.script('watchHold', held('pass'), held('fail'));
    expect(await (await stages().start(staged)).report()).toMatchObject({
      ...{ outcome: 'RolledBack', reason: 'at 20 %: scripted fail' },
    });
  });

  it('that is aborted has the fault removed before it undoes anything', async () => {
    const run = await untilFaulted();
    const { shop, hosts, experimentId } = staged;
    const [host = ''] = [...hosts.faulted.keys()];
    const { promise: released, resolve: release } = deferred();
    hosts.script('revertLease', host, async () => {
      await released;
      hosts.faulted.delete(host);
      return { why: 'asked' };
    });
    await run.send('abort', { by: 'ana', why: 'checkout is slow' });
    const waiting = await run.until('undoing');
    expect(waiting.now).toContain(`Waiting until ${experimentId} has removed its fault`);
    expect(shop.acts).not.toContain('restoreStable');
    release();
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Aborted' });
    expect(report.details.stages[0]).toMatchObject({
      ...{ state: 'stopped', experiment: { outcome: 'Aborted' } },
    });
    expect(hosts.faulted.size).toBe(0);
    expect(shop.acts.slice(-3)).toEqual(['restoreStable', 'removeCanary', 'letGoOfService']);
  });

  it('that is aborted leaves its traffic no longer on a release than a lease lasts, where the agent is gone', async () => {
    const { shop, hosts } = staged;
    const experiment = { ...experimentOn(hosts), duration: '10m' };
    const run = await untilFaulted({ stages: [{ weight: 20, hold: '50ms', experiment }] });
    for (const host of ['web-1', 'web-2']) {
      const gone = Array.from({ length: 500 }, () => absentAgent(host));
      hosts.script('revertLease', host, ...gone);
      hosts.script('observeFault', host, ...gone);
    }
    await run.send('abort', { by: 'ana' });
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Aborted' });
    expect(report.details.stages[0]?.experiment).toMatchObject({
      outcome: 'Lost',
      reason: 'it had not ended 3m after it was stopped; its faults end by their leases',
    });
    expect(shop.acts.slice(-3)).toEqual(['restoreStable', 'removeCanary', 'letGoOfService']);
    const left = stages().rollouts.env.client.workflow.getHandle(staged.experimentId);
    // It may have ended by itself meanwhile.
    await left.terminate().catch(() => undefined);
  });

  it('says what it waits for once the experiment is over', async () => {
    const { shop } = staged;
    const { promise: ready, resolve } = deferred();
    shop.script('awaitCanaryReady', {}, async () => {
      await ready;
      return {};
    });
    const run = await stages().start(staged);
    await run.until('experimenting');
    await stages().reportOf(staged);
    const waiting = await run.untilStatus('ready again', ({ now }) => now.startsWith('Waiting'));
    expect(waiting).toMatchObject({
      phase: 'preparing',
      now: expect.stringContaining('is ready after its experiment') as string,
    });
    resolve();
    expect(await run.report()).toMatchObject({ outcome: 'Promoted' });
  });

  it('whose experiment is halted by a person waits for one', async () => {
    const run = await untilFaulted();
    staged.shop.script('watchHold', blocked);
    await stages()
      .rollouts.env.client.workflow.getHandle(staged.experimentId)
      .signal('abort', { by: 'bo' });
    await stages().reportOf(staged);
    await run.until('inconclusive');
    expect(await onStage(run)).toMatchObject({ outcome: 'Aborted' });
    await run.handle.terminate();
  });

  it('that a person promotes in full makes none', async () => {
    const { shop, hosts } = staged;
    shop.script('watchHold', blocked);
    const run = await stages().start(staged);
    await run.until('holding');
    await run.send('promoteFull');
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'FastPromoted' });
    expect(report.details.stages[0]?.experiment).toMatchObject({
      ...{ outcome: 'LeftOut', reason: 'promoted in full by ana' },
    });
    expect(hosts.acts).toEqual([]);
  });

  it('makes it also where a person has ended the hold before it', async () => {
    const { shop } = staged;
    shop.script('watchHold', blocked);
    const run = await stages().start(staged);
    await run.until('holding');
    await run.send('promote');
    const report = await run.report();
    expect(report.details.stages[0]?.experiment).toMatchObject({ outcome: 'Passed' });
  });

  it('makes it before people are asked, who see what came of it', async () => {
    const experiment = experimentOn(staged.hosts);
    const stage = { weight: 20, hold: '50ms', approval: { by: ['ana'] }, experiment };
    staged.shop.script('watchHold', held('pass'), blocked);
    const run = await stages().start(staged, { stages: [stage] });
    await run.until('experimenting');
    await stages().reportOf(staged);
    await run.until('awaiting-approval');
    expect(await onStage(run)).toMatchObject({ outcome: 'Passed' });
    await run.send('approve');
    expect(await run.report()).toMatchObject({ outcome: 'Promoted' });
  });

  it.each(['blueGreen', 'rolling'] as const)(
    'of the kind %s makes it after its watch',
    async (kind) => {
      const { shop, hosts } = staged;
      hosts.whileFaulted = { value: 5_000, failed: true };
      const { analysis, release } = canarySpec;
      const spec = {
        ...{ stages: undefined, analysis, watch: '50ms', experiment: experimentOn(hosts) },
        ...(kind === 'blueGreen'
          ? { release, replicas: 2, warmUp: 'none' }
          : {
              ...{ release: { image: 'shop:v2' }, replicas: undefined },
              target: { platform: 'kubernetes', namespace: 'shop' },
            }),
      };
      const report = await (await stages().start(staged, spec, kind)).report();
      expect(report, report.reason).toMatchObject({ outcome: 'RolledBack' });
      expect(report.details.stages[0]?.experiment).toMatchObject({ outcome: 'Failed' });
      const back = kind === 'blueGreen' ? 'restoreStable' : 'restoreReplaced';
      expect(shop.acts).toContain(back);
    },
  );

  it('has none at a first release, which nothing is compared with', async () => {
    const { shop, hosts } = staged;
    const { stable: _, ...state } = shop.state();
    shop.script('inspectService', state).script('claimService', state);
    expect(await (await stages().start(staged)).report()).toMatchObject({ outcome: 'Promoted' });
    expect(hosts.acts).toEqual([]);
  });
});
