import { afterEach, beforeEach, expect, test } from 'vitest';
import { BreakerOpen } from '../../src/adapters/breakers/breaker-open.ts';
import { firing, GatewayOnLoopback, notificationOf } from './gateway-on-loopback.ts';

let gateway: GatewayOnLoopback;
beforeEach(() => {
  gateway = new GatewayOnLoopback();
});
afterEach(() => gateway.stop());

async function series(name: string): Promise<string[]> {
  const text = await gateway.metrics.text();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}

test('alerts are counted by what became of them', async () => {
  await gateway.start();
  const shop = firing({ deployment: 'shop', namespace: 'demo' });
  await gateway.post('/v1/alerts', notificationOf(shop, firing({ action: 'page' })));
  await gateway.post('/v1/alerts', notificationOf(shop));
  expect(await series('belay_gateway_alerts_total')).toEqual([
    'belay_gateway_alerts_total{result="started"} 1',
    'belay_gateway_alerts_total{result="duplicate"} 1',
    'belay_gateway_alerts_total{result="ignored"} 1',
    'belay_gateway_alerts_total{result="refused"} 0',
  ]);
});

test('requests are counted by route and status, and no path becomes a label', async () => {
  await gateway.start();
  await gateway.post('/v1/services/demo/shop/promote', '{}');
  await gateway.post('/v1/alerts', 'not json');
  await gateway.post('/somewhere/else');
  await fetch(`${gateway.url}/health/live`);
  expect(await series('belay_gateway_requests_total')).toEqual([
    'belay_gateway_requests_total{route="verbs",status="200"} 1',
    'belay_gateway_requests_total{route="alerts",status="400"} 1',
    'belay_gateway_requests_total{route="other",status="404"} 1',
  ]);
});

test('those that are turned away are counted by why', async () => {
  const credentials = { tokens: [{ secret: 's3cret' }], signingSecrets: [] };
  await gateway.start({ credentials, requestsPerMinute: 2 });
  for (let i = 0; i < 3; i += 1) await gateway.post('/v1/alerts', '{}');
  expect(await series('belay_gateway_rejected_total')).toEqual([
    'belay_gateway_rejected_total{reason="unauthenticated"} 2',
    'belay_gateway_rejected_total{reason="too-many"} 1',
  ]);
});

test('while Temporal is left alone, a sender is told at once to come again', async () => {
  await gateway.start({
    startAlert: () => Promise.reject(new BreakerOpen('temporal', 4_000, 'it cannot be reached')),
  });
  const shop = firing({ deployment: 'shop', namespace: 'demo' });
  const answer = await gateway.post('/v1/alerts', notificationOf(shop));
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await series('belay_gateway_rejected_total')).toEqual([
    'belay_gateway_rejected_total{reason="temporal-silent"} 1',
  ]);
});

test('its own port does not tell strangers how its dependencies are', async () => {
  await gateway.start();
  expect((await fetch(`${gateway.url}/health`)).status).toBe(404);
});
