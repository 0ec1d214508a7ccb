import { pino } from 'pino';
import type { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { createHealthApi } from '../../src/health/health-api.ts';
import { GatewayMetrics } from '../../src/telemetry/metrics/gateway-metrics.ts';
import { openBreakers } from '../../workers/breakers.ts';
import { startGateway, type Gateway } from '../../workers/start-gateway.ts';
import { createAlertLedger } from '../../src/contracts/rollouts/alert-ledger.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { noObjectives } from '../fixtures/no-objectives.ts';

const log = pino({ level: 'silent' });
const metrics = new GatewayMetrics();
/** No request here gets as far as Temporal. */
const nobody = Object.create(null) as Client;
let gateway: Gateway;

beforeAll(async () => {
  const config = loadConfig({});
  gateway = await startGateway({
    config: { ...config, gateway: { ...config.gateway, port: 0, address: '127.0.0.1' } },
    client: nobody,
    responses: createAlertLedger(new MemoryLedger()),
    objectives: noObjectives,
    credentials: { tokens: [{ secret: 'a-token-of-the-tests' }], signingSecrets: [] },
    breakers: openBreakers(config, { warn: () => {}, info: () => {} }),
    ...{ log, metrics },
  });
});
afterAll(() => gateway.close());

test('metrics and details of health are on the health port, never on the public one', async () => {
  // The gateway has something to show: this request is counted.
  await fetch(`${gateway.url}/wp-login.php`);
  const ownPort = createHealthApi(gateway.health, metrics);
  expect(await (await ownPort.request('/metrics')).text()).toContain(
    'belay_gateway_requests_total{route="other",status="401"} 1\n',
  );

  const token = { authorization: 'Bearer a-token-of-the-tests' };
  for (const path of ['/metrics', '/health', '/metrics/', '//metrics']) {
    const strange = await fetch(gateway.url + path);
    expect([path, strange.status]).toEqual([path, 401]);
    const known = await fetch(gateway.url + path, { headers: token });
    expect([path, known.status]).toEqual([path, 404]);
    expect(await known.text()).not.toMatch(/belay_gateway|breakers|components/);
  }
  expect((await fetch(`${gateway.url}/health/live`)).status).toBe(200);
});
