import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Caches } from '../../src/adapters/caches/caches.ts';
import { keepPages, pageCache, readPages, warmPages } from '../../src/adapters/http/site-page.ts';
import { writeSite } from '../../src/cli/status-page/write-site.ts';
import { siteFiles } from '../../src/render/objectives/status-page/site-files.ts';
import { statusPage } from '../fixtures/status-page.ts';
import { keepRollbacks, rollbackCache } from '../../src/gateway/known-rollbacks.ts';
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
  await gateway.start({ readStatusPage: readPages(folder), credentials });
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
  await gateway.start({ readStatusPage: readPages(folder), credentials, requestsPerMinute: 3 });
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

test('the gateway shows the last pages, and how old they are, while the volume of the status page is away', async () => {
  await writeSite(folder, siteFiles(statusPage()));
  const caches = new Caches({ entries: 100, keptMs: 3_600_000 });
  const read = keepPages(folder, caches.open({ ...pageCache, freshMs: 0 }));
  await gateway.start({ readStatusPage: read, credentials });
  await mkdir(join(folder, '.git'));
  for (const name of ['.git/index.html', 'film.mp4']) await writeFile(join(folder, name), 'large');
  const served = siteFiles(statusPage()).size;
  await warmPages(folder, read);
  expect(caches.reports()).toMatchObject([{ entries: served }]);
  const ask = (path: string) => fetch(gateway.url + path);
  await rename(folder, `${folder}-away`);
  try {
    const page = await ask('/status/history.html');
    expect(page.status).toBe(200);
    expect(page.headers.get('age')).toMatch(/^\d+$/);
    expect(page.headers.get('warning')).toContain('110');
    expect((await ask('/status/never-seen.html')).status).toBe(404);
  } finally {
    await rename(`${folder}-away`, folder);
  }
  expect((await ask('/status/')).headers.get('age')).toBeNull();
  await rm(join(folder, 'history.html'));
  expect((await ask('/status/history.html')).status).toBe(404);
  caches.close();
});

test('a list of rollbacks says that it is old, and as of when, while the ledger does not answer', async () => {
  const caches = new Caches({ entries: 100, keptMs: 3_600_000 });
  let isThere = true;
  const list = () =>
    isThere ? Promise.resolve([]) : Promise.reject(new Error('postgres://db: it is away'));
  const rollbacks = keepRollbacks({ list }, caches.open({ ...rollbackCache, freshMs: 0 }));
  await gateway.start({ rollbacks });
  const ask = (query = '') => fetch(`${gateway.url}/v1/rollbacks${query}`);
  expect(await (await ask()).json()).toEqual({ rollbacks: [] });
  isThere = false;
  const old = await ask();
  expect(old.headers.get('warning')).toContain('110');
  const body = (await old.json()) as Record<string, unknown>;
  expect(body).toEqual({ rollbacks: [], stale: true, asOf: expect.any(String) as string });
  expect((await ask('?service=shop')).status).toBe(500);
  caches.close();
});
