/** Rollouts that tell a real HTTP receiver what happens to them. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNotificationSender } from '../../../src/adapters/notify/create-notification-sender.ts';
import { secretReader } from '../../../src/config/notifications-secret.ts';
import type { Notification } from '../../../src/contracts/kernel/notifications.ts';
import { judgeReceiver } from '../../../src/policies/kernel/network/judge-destination.ts';
import { planDeliveries } from '../../../src/policies/kernel/notifications/plan-deliveries.ts';
import { secrets } from '../../adapters/notify/sending.ts';
import { answering, startReceiver, type Receiver } from '../../adapters/notify/receiver.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';

const v2 = {
  release: { version: 'v2', command: ['serve'] },
  replicas: 2,
  analysis: { interval: '200ms', count: 1 },
};

describe('people who are told of a rollout', () => {
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;
  let url = '';

  beforeAll(async () => {
    env = await devServer();
    const notifier = createNotificationSender({
      refuse: judgeReceiver,
      plan: (notification) =>
        planDeliveries(
          {
            channels: [
              {
                name: 'audit',
                kind: 'webhook',
                url: { env: 'AUDIT' },
                secret: { env: 'SIGNING_KEY' },
              },
            ],
            routes: [{ to: ['audit'] }],
          },
          notification,
        ),
      readSecret: (...asked) => secretReader({ ...secrets, AUDIT: url })(...asked),
      limits: { connectMs: 1_000, attemptMs: 3_000 },
      retryTimes: { delaysMs: [100], budgetMs: 5_000 },
    });
    bench = await RolloutBench.start(env.client, env.nativeConnection, {}, { notifier });
  });

  afterAll(async () => {
    await bench.stop();
    await env.teardown();
  });

  async function hearing(answer: Parameters<typeof startReceiver>[0]): Promise<Receiver> {
    const receiver = await startReceiver(answer);
    url = `${receiver.origin}/belay`;
    return receiver;
  }

  it('are notified of its start, each stage, its approval and its end, once each, with the time of each', async () => {
    const { received } = await hearing(answering(204));
    const shop = bench.serving();
    const handle = await bench.start(shop, {
      ...v2,
      stages: [
        { weight: 20, hold: '1s' },
        { weight: 50, hold: '1s', approval: { by: ['ana'] } },
      ],
    });
    await bench.until(shop, ({ phase }) => phase === 'awaiting-approval');
    await handle.signal('approve', { by: 'ana' });
    await bench.result(shop);
    // Each is sent on its own: one may overtake another, and the times tell their order.
    expect(eventsOf(inOrder(received))).toEqual([
      'started',
      'stage 20 %',
      'stage 50 %',
      'approval-needed 50 %',
      'succeeded 100 %',
    ]);
    const ids = received.map(({ body }) => notificationIn(body).id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('hear why it was undone, in the words of the verdict', async () => {
    const { received } = await hearing(answering(204));
    const shop = bench.serving();
    bench.platform.traffic.errorRates['v4'] = 0.5;
    await bench.start(shop, {
      ...v2,
      release: { version: 'v4', command: ['serve'] },
      stages: [{ weight: 20, hold: '10m' }],
      analysis: { interval: '200ms' },
    });
    await bench.result(shop);
    const last = notificationIn(received.at(-1)?.body ?? '{}');
    expect(last).toMatchObject({ event: 'failed', severity: 'critical' });
    expect(last.title).toMatch(/v4 failed and was undone: at 20 %: error-rate: canary .* failed/);
  });

  it('are not told twice where it is doubtful, and the report says so', async () => {
    const { received } = await hearing((response, nth) => {
      response.writeHead(nth === 1 ? 500 : 204).end();
    });
    const shop = bench.serving();
    await bench.start(shop, { ...v2, stages: [{ weight: 20, hold: '1s' }] });
    const report = await bench.result(shop);
    expect(report.outcome).toBe('Promoted');
    expect(eventsOf(received).filter((event) => event === 'started')).toHaveLength(1);
    expect(report.notes).toContainEqual(
      expect.stringMatching(/^"started" may not have reached audit: /),
    );
  });

  it('do not hold a rollout up by a channel that never answers', async () => {
    await hearing(() => undefined);
    const shop = bench.serving();
    await bench.start(shop, { ...v2, stages: [{ weight: 20, hold: '1s' }] });
    const report = await bench.result(shop);
    expect(report.outcome).toBe('Promoted');
    expect(report.notes.join('\n')).toContain('may not have reached audit');
  });
});

function notificationIn(body: string): Notification {
  return JSON.parse(body) as Notification;
}

function inOrder(received: Receiver['received']): Receiver['received'] {
  const timeOf = ({ body }: Receiver['received'][number]) => notificationIn(body).atMs;
  return received.toSorted((one, other) => timeOf(one) - timeOf(other));
}

function eventsOf(received: Receiver['received']): string[] {
  return received.map(({ body }) => {
    const { event, stage } = notificationIn(body);
    return [event, ...(stage ? [stage] : [])].join(' ');
  });
}
