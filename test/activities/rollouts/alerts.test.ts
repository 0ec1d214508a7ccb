import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { createAlertActivities } from '../../../activities/rollouts/alerts.ts';
import type {
  AlertSubject,
  OpenRollouts,
  ServiceName,
  ServiceSnapshot,
} from '../../../src/contracts/rollouts/alerts.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';
import { MemoryLedger } from '../../fakes/memory-ledger.ts';
import { createAlertLedger } from '../../../src/contracts/rollouts/alert-ledger.ts';
import { MemoryPlatform } from '../../fakes/memory-platform.ts';
import { alert } from '../../policies/rollouts/alerts/snapshots.ts';

const local = { platform: 'local' as const };
const kubernetes = { platform: 'kubernetes', namespace: 'prod', deployment: 'web' };

function report(service: string, environment: string, target?: unknown): RolloutReport {
  return rolloutReport({
    ...{ service, environment, runRef: `r-${service}`, runId: 'run' },
    ...{ version: 'v2', previousVersion: 'v1', startedAtMs: 1, endedAtMs: 2 },
    ...(target !== undefined && { spec: { target } }),
  });
}

/** Open rollouts, by the Deployment that they are found by. */
function openRollouts(found: (deployment: string) => ServiceName[]): OpenRollouts {
  return {
    read: () => Promise.resolve(undefined),
    findByDeployment: ({ namespace, deployment }) =>
      Promise.resolve(found(`${namespace}/${deployment}`)),
    findEndedByDeployment: () => Promise.resolve([]),
    readLast: () => Promise.resolve(undefined),
    abort: () => Promise.reject(new Error('nobody asked for this')),
    readEnd: () => Promise.resolve({ state: 'RUNNING' }),
  };
}

function inspect(
  subject: AlertSubject,
  reports: RolloutReport[],
  rollouts = openRollouts(() => []),
): Promise<ServiceSnapshot> {
  const platform = new MemoryPlatform();
  platform.serve(
    { service: 'shop', environment: 'demo', target: local },
    { version: 'v2', command: ['serve'] },
  );
  const activities = createAlertActivities({
    platforms: { local: platform, kubernetes: new MemoryPlatform('in-steps') },
    ledger: new MemoryLedger(...reports),
    responses: createAlertLedger(new MemoryLedger()),
    rollouts,
    undoWindowMs: 1,
  });
  return new MockActivityEnvironment().run(activities.lookAtService, alert({ subject }));
}

describe('the service that an alert names', () => {
  const web = { deployment: 'web', namespace: 'prod' };

  it('is the one that was last released to the Deployment', async () => {
    const snapshot = await inspect(web, [report('storefront', 'live', kubernetes)]);
    expect(snapshot.service).toMatchObject({ service: 'storefront', environment: 'live' });
  });

  it('is neither of two that share the Deployment', async () => {
    const two = [report('storefront', 'live', kubernetes), report('web', 'old', kubernetes)];
    const { service, trouble } = await inspect(web, two);
    expect(service).toBeUndefined();
    expect(trouble).toBe(
      'its Deployment prod/web is that of live/storefront, old/web: which is meant?',
    );
  });

  it('is the one of two that its own labels choose', async () => {
    const two = [report('storefront', 'live', kubernetes), report('web', 'old', kubernetes)];
    const snapshot = await inspect({ ...web, service: 'web', environment: 'old' }, two);
    expect(snapshot.service).toMatchObject({ service: 'web', environment: 'old' });
  });

  it('is found in a first rollout that the list of open ones does not know at once', async () => {
    const asked: string[] = [];
    const rollouts = openRollouts((deployment) =>
      asked.push(deployment) === 1 ? [] : [{ service: 'storefront', environment: 'live' }],
    );
    expect((await inspect(web, [], rollouts)).service).toMatchObject({ service: 'storefront' });
    expect(asked).toEqual(['prod/web', 'prod/web']);
  });

  it('is the one that is being released to the Deployment, whoever was before', async () => {
    const rollouts = openRollouts(() => [{ service: 'storefront', environment: 'live' }]);
    const before = [report('web', 'old', kubernetes)];
    expect((await inspect(web, before, rollouts)).service).toMatchObject({ service: 'storefront' });
  });
});

describe('while the ledger is away', () => {
  const away = () => Promise.reject(new Error('EIO: the share does not answer'));
  const byDeployment = alert({ subject: { deployment: 'web', namespace: 'prod' } });
  const open = {
    ...{ rolloutId: 'r-2', runId: 'run', kind: 'canary' as const, version: 'v3' },
    ...{ phase: 'holding' as const, trafficSinceMs: 1 },
  };
  const activities = (rollouts: OpenRollouts) =>
    createAlertActivities({
      platforms: { local: new MemoryPlatform(), kubernetes: new MemoryPlatform('in-steps') },
      ledger: { append: away, list: away },
      responses: { record: away, list: away },
      ...{ rollouts, undoWindowMs: 1 },
    });
  const found = openRollouts(() => [{ service: 'storefront', environment: 'live' }]);

  it('an open rollout is found, with all that an abort needs', async () => {
    const { lookAtService } = activities({ ...found, read: () => Promise.resolve(open) });
    const snapshot: ServiceSnapshot = await new MockActivityEnvironment().run(
      lookAtService,
      byDeployment,
    );
    expect(snapshot.service).toMatchObject({ service: 'storefront', environment: 'live', open });
  });

  it('an aborted rollout has its ending from its own result', async () => {
    const result = { ...report('web', 'prod'), outcome: 'RolledBack' as const };
    const readEnd = () => Promise.resolve({ state: 'COMPLETED', report: result });
    const { readEnding } = activities({ ...found, readEnd });
    const closing = { workflowId: 'rollout/prod/web', runId: 'run', rolloutId: result.runRef };
    const ending = await new MockActivityEnvironment().run(readEnding, {
      ...closing,
      ...{ service: 'web', environment: 'prod' },
    });
    expect(ending).toMatchObject({ outcome: 'RolledBack', rolloutId: result.runRef });
  });

  it.each<[string, AlertSubject]>([
    ['a Deployment that no open rollout is about', { deployment: 'web', namespace: 'prod' }],
    ['a service without an open rollout', { service: 'web', environment: 'prod' }],
  ])('%s cannot be judged, so that the look is tried again', async (_, subject) => {
    const { lookAtService } = activities(openRollouts(() => []));
    const looking = new MockActivityEnvironment().run(lookAtService, alert({ subject }));
    await expect(looking).rejects.toThrow('the share does not answer');
  });
});

it('leaves the target as its author wrote it, to be resolved anew by the rollback', async () => {
  const target = { ...kubernetes, router: { gatewayApi: { route: 'web', settle: '5s' } } };
  const { service } = await inspect({ service: 'web', environment: 'prod' }, [
    report('web', 'prod', target),
  ]);
  expect(service?.target).toEqual(target);
});

it('goes by the target of the rollout before, where the janitor wrote the last report', async () => {
  const reports = [report('shop', 'demo'), report('shop', 'demo', local)];
  const { service } = await inspect({ service: 'shop', environment: 'demo' }, reports);
  expect(service).toMatchObject({ target: local, serving: { version: 'v2' } });
});
