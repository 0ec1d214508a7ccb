import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeSite } from '../../src/cli/status-page/write-site.ts';
import { siteFiles } from '../../src/render/objectives/status-page/site-files.ts';
import { statusPage } from '../fixtures/status-page.ts';
import { GatewayOnLoopback } from './gateway-on-loopback.ts';

let folder: string;
let gateway: GatewayOnLoopback;
const credentials = { tokens: [{ secret: 'only-for-verbs' }], signingSecrets: [] };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-site-'));
  gateway = new GatewayOnLoopback();
});
afterEach(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

test('the gateway shows a status page to everybody, and nothing else without a credential', async () => {
  await writeSite(folder, siteFiles(statusPage()));
  await gateway.start({ statusPageFolder: folder, credentials });
  const page = await fetch(`${gateway.url}/status`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<h1>Acme</h1>');
  const json = await fetch(`${gateway.url}/status/api/v2/status.json`);
  expect(json.headers.get('content-type')).toContain('application/json');
  expect((await fetch(`${gateway.url}/status/nothing.html`)).status).toBe(404);
  expect((await fetch(`${gateway.url}/v1/rollbacks`)).status).toBe(401);
});

test('somebody who asks for the status page again and again is told to wait, and nobody else is', async () => {
  await writeSite(folder, siteFiles(statusPage()));
  await gateway.start({ statusPageFolder: folder, credentials, requestsPerMinute: 3 });
  const ask = (path: string, headers = {}) => fetch(gateway.url + path, { headers });
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push((await ask('/status/')).status);
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  const allowed = { authorization: 'Bearer only-for-verbs' };
  expect((await ask('/v1/rollbacks', allowed)).status).toBe(200);
  expect(await gateway.metrics.text()).toContain('route="status",status="429"} 2');
});

test('a gateway without a status page has none', async () => {
  await gateway.start({ credentials });
  expect((await fetch(`${gateway.url}/status/`)).status).toBe(401);
});
