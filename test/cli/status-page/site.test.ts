import { mkdtemp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { Cache } from '../../../src/adapters/caches/cache.ts';
import { dayCache, keepDays } from '../../../src/cli/status-page/past-days.ts';
import { collectPage } from '../../../src/cli/status-page/collect-page.ts';
import { serveSite } from '../../../src/cli/status-page/serve-site.ts';
import { writeSite } from '../../../src/cli/status-page/write-site.ts';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { siteFiles } from '../../../src/render/objectives/status-page/site-files.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';
import { pageService, statusPage } from '../../fixtures/status-page.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-site-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a site that is written', () => {
  it('leaves what has not changed as it is', async () => {
    const files = siteFiles(statusPage());
    expect(await writeSite(folder, files)).toBe(files.size);
    const before = await stat(join(folder, 'index.html'));
    expect(await writeSite(folder, files)).toBe(0);
    expect((await stat(join(folder, 'index.html'))).mtimeMs).toBe(before.mtimeMs);
  });

  it('has no page of a service that is not shown any more, and leaves the files of others', async () => {
    const cart = pageService({ service: 'cart', name: 'Cart' });
    await writeSite(folder, siteFiles(statusPage({ services: [pageService(), cart] })));
    await writeFile(join(folder, 'robots.txt'), 'User-agent: *');
    await writeFile(join(folder, 'services', 'checkout.ts'), 'not ours');
    await writeSite(folder, siteFiles(statusPage()));
    expect((await readdir(join(folder, 'services'))).toSorted()).toEqual([
      'checkout.ts',
      'shop.html',
    ]);
    expect(await readdir(join(folder, 'badges'))).toEqual(['shop.svg']);
    expect(await readdir(folder)).toContain('robots.txt');
  });

  it('is never served by half: whoever reads meanwhile reads a whole page', async () => {
    const pages = ['a', 'b'].map((mark) =>
      siteFiles(statusPage({ name: mark.repeat(5_000).slice(0, 80) })),
    );
    const whole = pages.map((files) => files.get('index.html'));
    await writeSite(folder, pages[0] ?? new Map());
    const state = { isWriting: true };
    const writing = (async () => {
      for (let round = 0; round < 20; round++) {
        await writeSite(folder, pages[round % 2] ?? new Map());
      }
      state.isWriting = false;
    })();
    while (state.isWriting) {
      expect(whole).toContain(await readFile(join(folder, 'index.html'), 'utf8'));
    }
    await writing;
  });
});

describe('a site that is served', () => {
  it('is there with its types, and is not sent again where it has not changed', async () => {
    await writeSite(folder, siteFiles(statusPage()));
    const site = await serveSite(folder, { port: 0, address: '127.0.0.1' });
    try {
      const index = await fetch(site.url);
      expect(index.status).toBe(200);
      expect(index.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const json = await fetch(`${site.url}api/v2/summary.json`);
      expect(json.headers.get('access-control-allow-origin')).toBe('*');
      const etag = index.headers.get('etag') ?? '';
      const again = await fetch(site.url, { headers: { 'if-none-match': etag } });
      expect(again.status).toBe(304);
    } finally {
      await site.close();
    }
  });

  it.each([
    '../secret.html',
    '..%2fsecret.html',
    '%2e%2e/secret.html',
    '.hidden.html',
    'notes.txt',
  ])('shows nothing of %s, which is not of the site', async (path) => {
    const inner = join(folder, 'site');
    await mkdir(inner);
    for (const name of ['../secret.html', '.hidden.html', 'notes.txt']) {
      await writeFile(join(inner, name), 'secret');
    }
    const site = await serveSite(inner, { port: 0, address: '127.0.0.1' });
    try {
      expect((await fetch(site.url + path)).status).toBe(404);
    } finally {
      await site.close();
    }
  });
});

test('a page is collected from minutes of the ledger, with the services of its file alone', async () => {
  const ledger = ledgerAt(folder);
  const nowMs = Date.UTC(2026, 10, 30, 12);
  const environment = 'prod';
  const objectives = [objectiveOf(), objectiveOf({ name: 'baskets', service: 'cart' })];
  const spec = { objectives, leastCoverage: 0.9 };
  try {
    const store = ledger.objectives;
    for (let hour = 1; hour <= 48; hour++) {
      const atMs = nowMs - hour * hourMs;
      const minutes = Array.from({ length: 60 }, (_, minute) =>
        minuteAt(atMs + minute * minuteMs, hour === 30 ? 50 : 100, hour === 30 ? 50 : 0),
      );
      await store.updateHours(environment, [{ objective: 'checkout', atMs }], (known) =>
        updateHour(objectiveOf(), known, minutes),
      );
    }
    await store.writeState({ environment, atMs: nowMs, standings: [], spec });
    const given = {
      ...{ name: 'Acme', environment, zone: 'Europe/Berlin', days: 90 },
      services: [{ service: 'shop', name: 'Shop' }],
    };
    const page = await collectPage(given, store, { incidents: [], nowMs });
    expect(page.services.map(({ service }) => service)).toEqual(['shop']);
    const [shop] = page.services;
    expect(shop?.days).toHaveLength(90);
    expect(shop?.days.at(-2)?.tally).toMatchObject({ badMs: hourMs, goodMs: 23 * hourMs });
    expect(shop?.days[0]?.tally.noDataMs).toBe(24 * hourMs);
    expect(shop?.uptime).toBeCloseTo(47 / 48);
    const cache = new Cache(dayCache, { entries: 1_000, keptMs: 3_600_000 });
    const readDays = keepDays(cache, nowMs);
    for (let build = 0; build < 2; build++) {
      expect(await collectPage(given, store, { incidents: [], nowMs, readDays })).toEqual(page);
    }
    // Today may still change.
    expect(cache.report()).toMatchObject({ misses: 89, hits: 89 });
    cache.close();
    const unknown = { ...given, services: [{ service: 'search', name: 'Search' }] };
    await expect(collectPage(unknown, store, { incidents: [], nowMs })).rejects.toThrow(/search/);
  } finally {
    await ledger.close();
  }
});
