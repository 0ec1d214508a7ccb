import type { Notification } from '../../../../src/contracts/kernel/notifications.ts';

/** A broken release that Belay undid in production. */
export function failed(over: Partial<Notification> = {}): Notification {
  return {
    id: 'run-1:failed:1:1',
    event: 'failed',
    severity: 'critical',
    service: 'shop',
    environment: 'production',
    version: 'v3',
    previousVersion: 'v2',
    workflowId: 'rollout/production/shop',
    rolloutId: '7a0c',
    stage: '5 %',
    atMs: Date.UTC(2026, 1, 3, 4, 5, 6),
    title: 'production/shop: v3 failed and was undone: error-rate is 30 %',
    text: 'Everything was put back.',
    reasons: ['error-rate failed 3 measurements; last: 30 % is outside at most 1 %'],
    url: 'http://127.0.0.1:8233/namespaces/default/workflows/rollout%2Fproduction%2Fshop/run-1',
    commands: ['belay report production/shop'],
    ...over,
  };
}
