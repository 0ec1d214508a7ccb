import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendVerb } from '../../../../src/cli/runs/send-verb.ts';
import { readOpenRun } from '../../../../src/cli/runs/open-run.ts';
import type { DeployReceipt } from '../../../../src/contracts/kernel/messages.ts';
import { blocked, refused } from '../../../fixtures/scripted-activities.ts';
import {
  canarySpec,
  ScriptedRollouts,
  type ScriptedRun,
} from '../../../fixtures/scripted-rollouts.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

describe('a message to a rollout', () => {
  const rollouts = useStarted(() => ScriptedRollouts.start());

  it('that comes late does not reach the rollout that superseded the one it is for', async () => {
    const { client } = rollouts().env;
    const shop = rollouts().service().script('watchHold', blocked);
    const run = await rollouts().start(shop);
    const first = await run.until('holding');
    const open = await readOpenRun(client, await run.handle.describe());
    expect(open).toMatchObject({ runRef: first.rolloutId, open: { stage: 20 } });

    await supersede(run, 'v3');
    const second = await run.untilStatus(
      'v3 held',
      ({ version, phase }) => version === 'v3' && phase === 'holding',
    );
    const reason = `abort was sent to run ${first.rolloutId}, but the open run is ${second.rolloutId} (v3).`;
    await expect(sendVerb(client, open, 'abort', { by: 'ana' })).rejects.toMatchObject({
      cause: { type: 'VerbRefused', message: reason },
    });
    await run.handle.signal('abort', { by: 'ana', runRef: first.rolloutId });
    const status = await run.untilRecorded('abort');
    expect(status).toMatchObject({ phase: 'holding', version: 'v3' });
    expect(status.people.at(-1)).toMatchObject({ verb: 'abort', ignored: reason });

    await run.send('abort', { by: 'ana', runRef: second.rolloutId });
    expect(await run.report()).toMatchObject({ outcome: 'Aborted', details: { version: 'v3' } });
  });

  it('is cut where it is refused, so that no number of them fills the report', async () => {
    const shop = rollouts().service().script('watchHold', blocked);
    const run = await rollouts().start(shop);
    await run.until('holding');
    const junk = 'x'.repeat(500_000);
    await run.handle.signal('abort', { [junk]: 1 });
    await run.handle.signal('promote', { stage: junk });
    await run.handle.signal('resume', { by: 'y'.repeat(2000), why: 'z'.repeat(2000) });
    const { people } = await run.untilRecorded('resume');
    expect(people.map(({ ignored }) => ignored?.slice(0, 20))).toEqual([
      'xxxxxxxxxxxxxxxxxxxx',
      'stage has 500000 cha',
      'The rollout is not p',
    ]);
    expect(JSON.stringify(people).length).toBeLessThan(2000);
    await run.handle.terminate();
  });

  it('that cancels the workflow is recorded, and keeps the next release from starting', async () => {
    const shop = rollouts().service().script('watchHold', blocked).script('restoreStable', blocked);
    const run = await rollouts().start(shop);
    await run.until('holding');
    await supersede(run, 'v3');
    await run.untilStatus('undone', () => shop.acts.includes('restoreStable'));
    await run.handle.cancel();
    await run.untilRecorded('cancel');
    shop.release();
    const report = await run.report();
    expect(report).toMatchObject({
      details: { version: 'v2' },
      outcome: 'Aborted',
      reason:
        'Superseded by v3, sent by ana; then the workflow was cancelled, so the new release was not started',
      notes: ['The workflow was cancelled: the canary that was to follow was not started'],
    });
  });

  it('shows each undo as done once it is, while the others go on', async () => {
    const shop = rollouts().service().script('watchHold', blocked).script('removeCanary', blocked);
    const run = await rollouts().start(shop);
    await run.until('holding');
    await run.send('abort');
    const { undo } = await run.untilStatus('removing', () => shop.acts.includes('removeCanary'));
    expect(undo).toEqual([
      { name: 'route all traffic to stable', state: 'done' },
      { name: 'remove the canary', state: 'armed' },
      { name: `release ${shop.name}`, state: 'armed' },
    ]);
    shop.release();
    expect((await run.report()).undo.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
  });

  it('to undo to a kept revision hands the target over as it was written', async () => {
    const shop = rollouts().service().script('watchHold', blocked);
    const run = await rollouts().start(shop, {
      release: { version: 'v2', image: 'registry.example/shop:v2' },
      stages: canarySpec.stages,
      analysis: 'none',
      target: {
        platform: 'kubernetes',
        namespace: 'shop',
        router: { gatewayApi: { route: 'shop', settle: '5s' } },
      },
    });
    await run.until('holding');
    await run.send('undo', { by: 'ana', toRevision: 1 });
    expect(await run.report()).toMatchObject({
      kind: 'rollback',
      outcome: 'Promoted',
      reason: 'v0 (revision 1) is back',
      spec: { target: { router: { gatewayApi: { settle: '5s' } } } },
    });
  });

  it('asks for a retry with the settings that the worker has by then', async () => {
    const shop = rollouts()
      .service()
      .script('watchHold', blocked)
      .script('restoreStable', refused('no such route'), undefined);
    const run = await rollouts().start(shop);
    await run.until('holding');
    await run.send('abort');
    await run.until('undo-failed');
    shop.settings = { ...shop.settings, undoBudgetMs: 123_000 };
    await run.send('retry');
    expect((await run.report()).outcome).toBe('Aborted');
    expect(await undoBudgetsOf(run)).toEqual([20, 20, 123, 123]);
  });
});

/** Of each act that an abort led to, in seconds. */
async function undoBudgetsOf({ handle }: ScriptedRun): Promise<number[]> {
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: scheduled }) =>
    ['restoreStable', 'removeCanary', 'letGoOfService'].includes(
      scheduled?.activityType?.name ?? '',
    )
      ? [Number(scheduled?.scheduleToCloseTimeout?.seconds)]
      : [],
  );
}

async function supersede({ handle }: ScriptedRun, version: string): Promise<DeployReceipt> {
  const [service = ''] = handle.workflowId.split('/').slice(-1);
  const spec = {
    ...canarySpec,
    ...{ service, environment: 'demo', target: { platform: 'local' } },
    release: { version, command: ['serve'] },
    supersede: true,
  };
  const request = { requestId: randomUUID(), kind: 'canary', by: 'ana' };
  return handle.executeUpdate<DeployReceipt, [unknown, unknown]>('deploy', {
    args: [spec, request],
  });
}
