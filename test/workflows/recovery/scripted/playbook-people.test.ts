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

describe('a playbook past its point of no return', () => {
  const steps = [
    scale('web', 8),
    scale('api', 5, { id: 'point', noReturn: true }),
    restart({ id: 'after' }),
  ];

  it('is not undone any more, and refuses abort', async () => {
    target.script('kubernetes.restart', refused);
    const run = await playbooks().run({ onFailure: 'undo', steps });
    const status = await run.until(({ phase }) => phase === 'held-finishing');
    expect(status.accepts).toEqual(['skip', 'retry', 'giveUp']);
    expect(status.undo).toEqual([]);
    await expect(run.send('abort')).rejects.toThrow();
    await run.send('retry');
    expect(await run.report()).toMatchObject({ outcome: 'Complete' });
  });

  it('goes on although the workflow is cancelled', async () => {
    target.script('kubernetes.restart', 'blocked');
    const run = await playbooks().run({ steps });
    await run.until(({ steps: shown }) => shown.at(-1)?.state === 'active');
    await run.handle.cancel();
    target.release();
    const report = await run.report();
    expect([report.outcome, target.replicas['deployment/api']]).toEqual(['Complete', 5]);
    expect(report.notes.join()).toContain('cancelled past the point of no return');
  });

  it('finishes the step itself although the workflow is cancelled while it acts', async () => {
    target.script('kubernetes.scale deployment/api', 'blocked');
    const run = await playbooks().run({ steps });
    await run.until(({ phase }) => phase === 'finishing');
    await run.handle.cancel();
    target.release();
    const report = await run.report();
    expect([report.outcome, target.replicas['deployment/web']]).toEqual(['Complete', 8]);
  });

  it('is undone where abort is accepted while its step is only checked', async () => {
    target.script('check kubernetes.restart', 'blocked');
    const run = await playbooks().run({ steps: [scale('web', 8), restart({ noReturn: true })] });
    await run.until(({ steps: shown }) => shown.at(-1)?.state === 'active');
    await run.send('abort');
    target.release();
    expect(await run.report()).toMatchObject({ outcome: 'Aborted' });
    expect(target.acts).toEqual(['deployment/web = 8', 'deployment/web = 3']);
  });

  it('is past it where the first step of an included playbook is skipped', async () => {
    target.script('kubernetes.restart', refused);
    const includes = {
      grow: { steps: [reach({ id: 'up', when: 'false' }), scale('api', 5, { id: 'more' })] },
    };
    const run = await playbooks().run({
      ...{ onFailure: 'undo', includes },
      steps: [scale('web', 8), { id: 'grown', use: 'grow', noReturn: true }, restart()],
    });
    await run.until(({ phase }) => phase === 'held-finishing');
    await run.send('giveUp');
    await run.report();
    expect(target.replicas['deployment/web']).toBe(8);
  });

  it('is still undone where the step never began', async () => {
    target.problems['kubernetes.restart'] = ['it is not there'];
    const run = await playbooks().run({
      onFailure: 'undo',
      steps: [scale('web', 8), restart({ noReturn: true })],
    });
    expect(await run.report()).toMatchObject({ outcome: 'Failed' });
    expect(target.replicas['deployment/web']).toBe(3);
  });
});

describe('a playbook that waits for people', () => {
  it('needs as many different people as it says', async () => {
    const approval = { by: ['ana', 'ben', 'eve'], need: 2, message: 'go?' };
    const run = await playbooks().run({ steps: [{ id: 'go', approval }, restart()] });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve', { by: 'ana' });
    await run.until(({ needsApproval }) => needsApproval?.by.length === 2);
    await expect(run.send('approve', { by: 'ana' })).rejects.toThrow();
    await expect(run.send('approve', { by: 'ana@shop.example' })).rejects.toThrow();
    await run.send('approve', { by: 'ben' });
    const report = await run.report();
    expect(report.outcome).toBe('Complete');
    expect(report.steps?.[0]?.evidence.map(({ source }) => source)).toEqual(['ana', 'ben']);
  });

  it('takes one person with two addresses for one', async () => {
    const approval = { need: 2, message: 'go?' };
    const run = await playbooks().run({ steps: [{ id: 'go', approval }] });
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send('approve', { by: 'ana@one.example' });
    await run.until(({ now }) => now.includes('(2 of 2)'));
    await run.send('approve', { by: 'ana@two.example' });
    await run.send('approve', { by: 'ben' });
    const report = await run.report();
    const people = report.steps?.[0]?.evidence.map(({ source }) => source);
    expect(people).toEqual(['ana@one.example', 'ben']);
    expect(report.notes.join()).toContain('another person has to');
  });

  it.each([
    ['abort', 'Failed'],
    ['approve', 'Complete'],
  ])('ends by %s where nobody answers in time', async (onTimeout, outcome) => {
    const approval = { message: 'go?', timeout: '10m', onTimeout };
    const run = await playbooks().run({ steps: [scale('web', 8), { approval }] });
    expect(await run.report()).toMatchObject({ outcome });
    expect(target.replicas['deployment/web']).toBe(outcome === 'Failed' ? 3 : 8);
  });

  it.each(['hold', 'undo'])(
    'is held where nobody approves in time and a person is to decide, and asks again (onFailure: %s)',
    async (onFailure) => {
      const approval = { message: 'go?', timeout: '10m', onTimeout: 'hold' };
      const steps = [scale('web', 8), { id: 'go', approval }, restart()];
      const run = await playbooks().run({ onFailure, steps });
      await run.until(({ phase }) => phase === 'awaiting-approval');
      await playbooks().env.sleep('11m');
      const { now, accepts } = await run.until(({ phase }) => phase === 'held');
      expect(now).toContain('nobody approved go within 10m');
      expect(accepts).toEqual(expect.arrayContaining(['retry', 'skip', 'abort', 'giveUp']));
      expect(target.acts).toEqual(['deployment/web = 8']);
      await run.send('retry');
      await run.until(({ phase }) => phase === 'awaiting-approval');
      await run.send('approve', { by: 'ben' });
      expect(await run.report()).toMatchObject({ outcome: 'Complete' });
      expect(target.acts).toEqual(['deployment/web = 8', 'kubernetes.restart deployment/web']);
    },
  );

  it('is undone where nobody approves in time and its step says so', async () => {
    const go = { approval: { message: 'go?', timeout: '10m' }, onFailure: 'undo' };
    const run = await playbooks().run({ steps: [scale('web', 8), go] });
    expect(await run.report()).toMatchObject({ outcome: 'Failed' });
    expect(target.replicas['deployment/web']).toBe(3);
  });

  it('stops before its next step for as long as a person wants', async () => {
    target.script('kubernetes.scale', 'blocked');
    const run = await playbooks().run({ steps: [scale('web', 8), restart({ id: 'next' })] });
    await run.until(({ undo }) => undo.length > 0);
    await run.send('pause', { by: 'ana' });
    target.release();
    const { now, accepts } = await run.until(({ phase }) => phase === 'paused');
    expect([now, accepts]).toEqual([
      'Paused before next by ana. Answer with resume',
      ['resume', 'abort'],
    ]);
    await run.send('resume');
    expect(await run.report()).toMatchObject({ outcome: 'Complete' });
  });
});

describe('an included playbook', () => {
  it('has inputs of its own, and is left out as a whole', async () => {
    const includes = {
      grow: {
        inputs: { to: 'number', workload: { type: 'string', default: 'deployment/web' } },
        steps: [
          {
            id: 'scaled',
            action: 'kubernetes.scale',
            with: { namespace: 'shop', workload: '${inputs.workload}', replicas: '${inputs.to}' },
          },
        ],
      },
    };
    const run = await playbooks().run({
      includes,
      steps: [
        { id: 'one', use: 'grow', with: { to: 7 } },
        { id: 'two', use: 'grow', with: { to: 9 }, when: 'steps.one.scaled.before == 4' },
        scale('api', '${steps.one.scaled.replicas + 1}', {
          when: 'steps.one.done && !steps.two.done',
        }),
      ],
    });
    const report = await run.report();
    expect(states(report)).toEqual(['one.scaled: done', 'two.scaled: skipped', 'step3: done']);
    expect(target.acts).toEqual(['deployment/web = 7', 'deployment/api = 8']);
  });

  it('is over once all branches within it are, and no message makes a success of one that failed', async () => {
    const includes = {
      both: { steps: [{ parallel: [scale('web', 8, { id: 'one' }), restart({ id: 'two' })] }] },
    };
    const steps = [
      { id: 'inner', use: 'both' },
      { id: 'say', notify: { text: 'all is well' } },
      scale('api', 5, { when: 'steps.inner.done', id: 'after' }),
    ];
    target.script('kubernetes.restart', refused, refused);
    const held = await playbooks().run({ includes, steps });
    await held.until(({ phase }) => phase === 'held');
    await held.send('retry');
    await held.until(({ phase }) => phase === 'held');
    expect(target.notifications.filter(({ event }) => event === 'message')).toEqual([]);
    await held.send('giveUp', { by: 'ana', why: 'a test' });
    expect((await held.report()).outcome).toBe('GivenUp');

    const run = await playbooks().run({ includes, steps });
    const ended = ['inner.one: done', 'inner.two: done', 'say: done', 'after: done'];
    expect(states(await run.report())).toEqual(ended);
  });
});

describe('a playbook that touches something', () => {
  const spec = { touches: [{ service: 'shop' }], steps: [restart()] };

  it('is refused where change control says no', async () => {
    target.permit = () => ({ granted: false, type: 'PermitRefused', reason: 'shop fails over' });
    const run = await playbooks().run(spec);
    expect(await run.refusal()).toBe('shop fails over');
  });

  it('does not wait for change control in an emergency', async () => {
    target.permit = () => {
      throw new Error('away');
    };
    const report = await (await playbooks().run(spec)).report();
    expect(report.outcome).toBe('Complete');
    expect(report.notes.join()).toContain('went on without a permit');
  });
});

describe('a rehearsal', () => {
  const steps = [
    reach({ id: 'up' }),
    scale('web', 8, { id: 'more', when: '!steps.up.passed' }),
    scale('api', '${steps.more.replicas}', { id: 'same' }),
  ];

  it('runs the probes and all checks, changes nothing, and shows the plan', async () => {
    for (const kind of ['playbook', 'playbookRehearsal'] as const) {
      const run = await playbooks().run({ steps, dryRun: true }, kind);
      const report = await run.report();
      expect(report.outcome).toBe(kind === 'playbook' ? 'Planned' : 'Ready');
      expect(target.acts).toEqual([]);
      const shown = report.steps?.flatMap(({ evidence }) => evidence.map(({ value }) => value));
      expect(shown).toContain('!steps.up.passed');
      expect(shown?.join()).toContain('not checked, it depends on steps before it');
    }
  });

  it('checks nothing of what cannot apply with these inputs', async () => {
    target.problems['http.request'] = ['"" is no http or https URL'];
    const move = { action: 'http.request', with: { url: '${inputs.failover}' } };
    const run = await playbooks().run(
      {
        inputs: { failover: { type: 'string', default: '' } },
        steps: [
          reach({ id: 'up' }),
          restart({ id: 'ask', when: 'inputs.failover != "" && !steps.up.passed' }),
          { id: 'move', ...move, when: 'steps.ask.done' },
          { id: 'cold', ...move, mode: 'ungraceful' },
        ],
      },
      'playbookRehearsal',
    );
    const report = await run.report();
    expect(report.outcome).toBe('Ready');
    const shown = report.steps?.map(({ evidence }) => evidence.at(-1)?.value);
    expect(shown?.slice(1)).toEqual(Array(3).fill('does not apply with these inputs'));
  });

  it('names everything that would keep the playbook from being run', async () => {
    target.problems['kubernetes.scale'] = ['deployment web is not there'];
    target.script('http.get', new PartError('refused', 'shop.example may not be asked'));
    const run = await playbooks().run({ steps }, 'playbookRehearsal');
    expect(await run.report()).toMatchObject({
      outcome: 'NotReady',
      reason: 'up: shop.example may not be asked; more: deployment web is not there',
    });
    expect(target.notifications.at(-1)).toMatchObject({ event: 'failed' });
  });
});
