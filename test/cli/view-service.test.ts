import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, it } from 'vitest';
import {
  createServiceViewer,
  viewService,
  type ServiceView,
} from '../../src/cli/rollouts/view-service.ts';
import type { Connections } from '../../src/cli/connections.ts';
import { PlatformError } from '../../src/contracts/rollouts/platform.ts';
import { eventually } from '../fixtures/eventually.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { rolloutReport } from '../fixtures/rollout-report.ts';
import { restingService } from './rollout-examples.ts';

const name = { environment: 'demo', service: 'shop' };

it('never holds a watch up: the last sight is shown while the next one is taken', async () => {
  const answers: ((snapshot: ServiceView) => void)[] = [];
  const view = createServiceViewer(() => new Promise((resolve) => answers.push(resolve)));
  expect([view(), view()]).toStrictEqual([{}, {}]);
  expect(answers).toHaveLength(1);
  answers[0]?.({ state: restingService });
  await eventually(() => {
    expect(view()).toStrictEqual({ state: restingService });
    return Promise.resolve();
  });
});

it('says in one line why the pods of a cluster cannot be seen from here', async () => {
  const spec = { target: { platform: 'kubernetes', namespace: 'shop' } };
  const refused = new PlatformError('unauthorized', 'needs list on pods in namespace shop');
  const to = {
    temporal: () => Promise.resolve({ workflow: { getHandle: () => ({ describe: noRollout }) } }),
    ledger: new MemoryLedger(rolloutReport({ spec })),
    kubernetes: () => Promise.resolve({ readService: () => Promise.reject(refused) }),
  } as unknown as Connections;
  expect(await viewService(name, to)).toStrictEqual({
    problem: 'Replicas cannot be shown: needs list on pods in namespace shop',
  });
});

function noRollout(): Promise<never> {
  return Promise.reject(new WorkflowNotFoundError('not found', 'rollout/demo/shop', undefined));
}
