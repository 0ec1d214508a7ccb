import { CompleteAsyncError } from '@temporalio/activity';
import { beforeEach, describe, expect, it } from 'vitest';
import { PartError } from '../../../../src/contracts/kernel/part-error.ts';
import { scale, restart, reach, refused, states } from '../../../fixtures/playbook-steps.ts';
import { ScriptedPlaybooks } from '../../../fixtures/scripted-playbooks.ts';
import { ScriptedTarget } from '../../../fixtures/scripted-target.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const playbooks = useStarted(() => ScriptedPlaybooks.start());
let target: ScriptedTarget;

beforeEach(() => {
  target = playbooks().target = new ScriptedTarget();
});

describe('a playbook', () => {
  it('takes its steps in order, and hands typed outputs on', async () => {
    target.script('http.get', { passed: false, outputs: { status: 503 } });
    const run = await playbooks().run({
      inputs: { factor: { type: 'number', default: 2 } },
      with: { factor: 3 },
      steps: [
        reach({ id: 'up', onFailure: 'continue' }),
        restart({ id: 'restart', when: 'steps.up.passed' }),
        scale('web', '${inputs.factor * 2}', { id: 'more', when: 'steps.up.status == 503' }),
        { notify: { text: 'web has ${steps.more.replicas}, had ${steps.more.before}' } },
      ],
    });
    const report = await run.report();
    expect(report).toMatchObject({
      outcome: 'Complete',
      reason: '3 steps are done, 1 skipped',
      family: 'recovery',
    });
    expect(states(report)).toEqual(['up: failed', 'restart: skipped', 'more: done', 'step4: done']);
    expect(target.acts).toEqual(['deployment/web = 6']);
    expect(target.notifications.map(({ event, text }) => [event, text])).toContainEqual([
      'message',
      'web has 6, had 3',
    ]);
    expect(target.reports).toEqual([report]);
  });

  it('waits for a probe that has to pass for a while without a break', async () => {
    const [up, down] = [{ passed: true }, { passed: false }];
    target.script('http.get', down, up, down, up, up, up);
    const run = await playbooks().run({
      steps: [reach({ id: 'up', for: '10s', within: '5m', every: '5s' })],
    });
    const report = await run.report();
    expect(report.outcome).toBe('Complete');
    expect(report.endedAtMs - report.startedAtMs).toBeGreaterThanOrEqual(25_000);
  });

  it.each([
    ['graceful', ['deployment/api = 1', 'deployment/web = 0']],
    ['ungraceful', ['deployment/api = 4', 'kubernetes.restart deployment/web']],
  ])('takes the steps of the mode it is run in, and none of the other: %s', async (mode, acts) => {
    const run = await playbooks().run({
      mode,
      includes: { drain: { steps: [scale('api', 1, { id: 'api' })] } },
      steps: [
        { id: 'drained', use: 'drain', mode: 'graceful' },
        { id: 'more', parallel: [scale('api', 4, { id: 'now' })], mode: 'ungraceful' },
        scale('web', 0, { id: 'stopped', when: 'mode == "graceful"' }),
        restart({ id: 'restarted', when: '!steps.stopped.done' }),
      ],
    });
    const report = await run.report();
    expect([report.outcome, target.acts]).toEqual(['Complete', acts]);
    const wanted = mode === 'graceful' ? ['done', 'skipped'] : ['skipped', 'done'];
    expect(report.steps?.map(({ state }) => state)).toEqual([...wanted, ...wanted]);
  });

  it('undoes in reverse order where a step fails and it says so', async () => {
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({
      onFailure: 'undo',
      steps: [scale('web', 8), scale('api', 9), restart()],
    });
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Failed', reason: 'the quota has no room' });
    expect(target.acts.slice(2)).toEqual(['deployment/api = 2', 'deployment/web = 3']);
    expect(report.undo.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('puts back what was there before the first attempt, also where its answer was lost', async () => {
    target.script('kubernetes.scale', 'lost', 'lost');
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({
      onFailure: 'undo',
      steps: [scale('web', 8, { retry: { attempts: 3 } }), restart()],
    });
    await run.report();
    expect(target.replicas['deployment/web']).toBe(3);
  });

  it('never lets a late attempt take effect after its undo', async () => {
    target.script('kubernetes.scale', 'blocked');
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({ onFailure: 'undo', steps: [scale('web', 8), restart()] });
    expect(await run.report()).toMatchObject({ outcome: 'Failed' });
    expect(target.acts).toEqual(['deployment/web = 8', 'deployment/web = 3']);
    target.release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(target.replicas['deployment/web']).toBe(3);
  });

  it('does not begin the undo of an act that has not ended', async () => {
    target.script('kubernetes.scale', 'blocked');
    const run = await playbooks().run({ steps: [scale('web', 8)] });
    await run.until(({ undo }) => undo.length > 0);
    await run.send('abort');
    const { undo } = await run.until(({ phase }) => phase === 'undoing');
    expect(undo).toEqual([{ name: 'undo step1', state: 'armed' }]);
    target.release();
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
    expect(target.replicas['deployment/web']).toBe(3);
  });

  it('runs the undo that it writes, with what was known before the act', async () => {
    target.script('kubernetes.restart', refused);
    const undo = { action: 'http.request', with: { url: 'http://lb.example/${inputs.pool}' } };
    const run = await playbooks().run({
      inputs: { pool: { type: 'string', default: 'blue' } },
      onFailure: 'undo',
      steps: [{ action: 'http.request', with: { url: 'http://lb.example/off' }, undo }, restart()],
    });
    await run.report();
    expect(target.acts).toEqual([
      'http.request http://lb.example/off',
      'http.request http://lb.example/blue',
    ]);
  });

  it('checks the undo that it writes, and hands on what the check found', async () => {
    target.script('kubernetes.restart', refused);
    const undo = { action: 'temporal.signal', with: { workflowId: 'shop', signal: 'resume' } };
    const run = await playbooks().run({
      onFailure: 'undo',
      steps: [{ action: 'http.request', with: { url: 'http://lb.example/off' }, undo }, restart()],
    });
    await run.report();
    expect(target.befores.at(-1)).toEqual({ checked: 'temporal.signal' });
  });

  it('does not take a written undo for done where its check says no', async () => {
    target.script('kubernetes.restart', refused);
    target.problems['temporal.signal'] = ['shop is not open'];
    const undo = { action: 'temporal.signal', with: { workflowId: 'shop', signal: 'resume' } };
    const run = await playbooks().run({
      onFailure: 'undo',
      steps: [{ action: 'http.request', with: { url: 'http://lb.example/off' }, undo }, restart()],
    });
    const { now } = await run.until(({ phase }) => phase === 'undo-failed');
    expect(now).toContain('shop is not open');
    await run.send('giveUp');
    expect(await run.report()).toMatchObject({ outcome: 'UndoFailed' });
  });

  it('has one key for a step, however often it is tried', async () => {
    target.script('http.request', 'lost', refused);
    const request = { action: 'http.request', with: { url: 'http://lb.example/off' } };
    const run = await playbooks().run({ steps: [{ ...request, id: 'off' }] });
    await run.until(({ phase }) => phase === 'held');
    await run.send('retry');
    const { runRef } = await run.report();
    expect(target.keys).toEqual([`${runRef}/off`, `${runRef}/off`]);
  });

  it('changes nothing where a check says no', async () => {
    target.problems['kubernetes.scale'] = ['an autoscaler owns it'];
    const run = await playbooks().run({ onFailure: 'undo', steps: [scale('web', 8)] });
    const report = await run.report();
    expect(report).toMatchObject({ outcome: 'Failed', reason: 'an autoscaler owns it', undo: [] });
    expect(target.acts).toEqual([]);
  });

  it('does not take no answer for an answer', async () => {
    target.script('http.get', new PartError('unavailable', 'the network is away'));
    const run = await playbooks().run({
      steps: [reach({ id: 'up', onFailure: 'continue' }), restart({ when: '!steps.up.passed' })],
    });
    const { now } = await run.until(({ phase }) => phase === 'held');
    expect(now).toContain('up got no answer: the network is away. Answer with retry');
    expect(target.acts).toEqual([]);
    await run.send('giveUp');
    expect(await run.report()).toMatchObject({ outcome: 'GivenUp' });
  });
});

describe('a playbook whose step failed', () => {
  const steps = [
    scale('web', 8, { id: 'more' }),
    restart({ id: 'restart' }),
    scale('api', 5, { id: 'last' }),
  ];

  it('asks a probe again where the worker that asked has died', async () => {
    // Its answer never comes, nor does a heartbeat.
    target.script('http.get', new CompleteAsyncError());
    const report = await (await playbooks().run({ steps: [reach({ id: 'up' })] })).report();
    expect(states(report)).toEqual(['up: done']);
  });

  it('waits for a person, and goes on after a retry', async () => {
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({ steps });
    const status = await run.until(({ phase }) => phase === 'held');
    expect(status.accepts).toEqual(['skip', 'retry', 'giveUp', 'abort']);
    await run.until(() => target.notifications.at(-1)?.event === 'stuck');
    await run.send('retry');
    expect(states(await run.report())).toEqual(['more: done', 'restart: done', 'last: done']);
  });

  it('leaves it out only for a name, a reason and the step that is meant', async () => {
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({ steps });
    await run.until(({ phase }) => phase === 'held');
    await expect(run.send('skip', { by: 'ana' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('skip needs a reason') as string },
    });
    await expect(run.send('skip', { why: 'cold' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('skip needs a name') as string },
    });
    await expect(run.send('skip', { by: 'ana', why: 'cold', step: 'more' })).rejects.toMatchObject({
      cause: { message: 'skip was meant for the step more, but restart is open.' },
    });
    await run.send('skip', { by: 'ana', why: 'cold', step: 'restart' });
    const report = await run.report();
    expect(states(report)).toEqual(['more: done', 'restart: skipped', 'last: done']);
    expect(report.notes).toContain(
      'restart was skipped by ana: cold (it failed: the quota has no room)',
    );
  });

  it('is undone by abort, and left as it is by giveUp', async () => {
    for (const verb of ['abort', 'giveUp']) {
      target = playbooks().target = new ScriptedTarget().script('kubernetes.restart', refused);
      const run = await playbooks().run({ steps });
      await run.until(({ phase }) => phase === 'held');
      await run.send(verb);
      const report = await run.report();
      expect([report.outcome, target.replicas['deployment/web']]).toEqual(
        verb === 'abort' ? ['Aborted', 3] : ['GivenUp', 8],
      );
    }
  });

  it('tries only the branches again that failed', async () => {
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({
      steps: [
        { parallel: [scale('web', 8, { id: 'one' }), restart({ id: 'two' })] },
        { notify: { text: 'x' }, when: 'steps.one.done && steps.two.done', id: 'after' },
      ],
    });
    await run.until(({ phase }) => phase === 'held');
    await run.send('retry');
    expect(states(await run.report())).toEqual(['one: done', 'two: done', 'after: done']);
    expect(target.acts).toEqual(['deployment/web = 8', 'kubernetes.restart deployment/web']);
  });

  it('requires evidence that a skipped step has not made', async () => {
    const run = await playbooks().run({
      steps: [
        reach({ id: 'up', when: 'false' }),
        restart({ requires: { answer: 'steps.up.evidence' } }),
      ],
    });
    const { now } = await run.until(({ phase }) => phase === 'held');
    expect(now).toContain('requires evidence that is "answer", and the step up was skipped');
    await run.send('abort');
    await run.report();
    expect(target.acts).toEqual([]);
  });
});
