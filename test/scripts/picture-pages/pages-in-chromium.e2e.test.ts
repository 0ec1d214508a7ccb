/** The status page, as a browser shows it that runs no scripts. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looks, openPage } from '../../../scripts/picture-pages/open-page.ts';
import { samplePage } from '../../../scripts/picture-pages/sample-page.ts';
import { launchChromium } from '../../../scripts/screenshooting/chromium.ts';
import { writeSite } from '../../../src/cli/status-page/write-site.ts';
import { siteFiles } from '../../../src/render/objectives/status-page/site-files.ts';

const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isHere = existsSync(chromium);
if (!isHere) {
  console.warn(
    `SKIPPED: the status page was not looked at, as there is no Chromium at ${chromium}`,
  );
}

const pages = ['index.html', 'history.html', 'services/shop.html'];

describe.skipIf(!isHere)('the status page in a browser without JavaScript', () => {
  let site: string;
  let browser: Browser;
  beforeAll(async () => {
    site = await mkdtemp(join(tmpdir(), 'belay-pages-'));
    await writeSite(site, siteFiles(samplePage));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser.close();
    await rm(site, { recursive: true });
  });

  /** What the page says when it is asked by the tools of the browser. */
  async function ask(tab: Page, expression: string): Promise<unknown> {
    return tab.evaluate(expression);
  }

  it.each(looks)('fits a width of $width pixels, $scheme', async (look) => {
    for (const page of pages) {
      const tab = await openPage(browser, join(site, page), look);
      const wider = 'document.scrollingElement.scrollWidth - window.innerWidth';
      expect(await ask(tab, wider), page).toBeLessThanOrEqual(0);
      const text = await ask(tab, 'document.body.innerText');
      expect(text).toContain('Europe/Berlin');
      const picture = await tab.screenshot();
      expect(picture.byteLength).toBeGreaterThan(5_000);
      await tab.close();
    }
  });

  it('is dark for those who want it dark, and readable in both', async () => {
    const colours = await Promise.all(
      (['light', 'dark'] as const).map(async (scheme) => {
        const tab = await openPage(browser, join(site, 'index.html'), { width: 768, scheme });
        const read = `(() => {
          const { color, backgroundColor } = getComputedStyle(document.body);
          return [color, backgroundColor].map((each) =>
            each.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3);
        })()`;
        const [ink = 0, paper = 0] = (await ask(tab, read)) as number[];
        await tab.close();
        return { ink, paper };
      }),
    );
    const [light, dark] = colours;
    expect((light?.paper ?? 0) - (light?.ink ?? 0)).toBeGreaterThan(150);
    expect((dark?.ink ?? 0) - (dark?.paper ?? 0)).toBeGreaterThan(150);
  });

  it('is used with a keyboard: every link is reached, and seen to be', async () => {
    const tab = await openPage(browser, join(site, 'index.html'), { width: 360, scheme: 'light' });
    const links = (await ask(tab, "document.querySelectorAll('a[href]').length")) as number;
    const reached: { text: string; isSeen: boolean }[] = [];
    for (let index = 0; index < links; index++) {
      await tab.keyboard.press('Tab');
      const focused = `(() => {
        const { textContent, localName } = document.activeElement;
        const { outlineStyle } = getComputedStyle(document.activeElement);
        return { text: localName + ' ' + textContent, isSeen: outlineStyle !== 'none' };
      })()`;
      reached.push((await ask(tab, focused)) as { text: string; isSeen: boolean });
    }
    expect(reached[0]?.text).toBe('a To the services');
    expect(new Set(reached.map(({ text }) => text)).size).toBe(links);
    expect(reached.every(({ text, isSeen }) => text.startsWith('a ') && isSeen)).toBe(true);
    await tab.close();
  });

  it('loads nothing else, and is small', async () => {
    for (const page of pages) {
      const { size } = await stat(join(site, page));
      expect(size, page).toBeLessThan(100_000);
    }
    const tab = await browser.newPage();
    const asked: string[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    await tab.goto(`file://${join(site, 'index.html')}`, { waitUntil: 'networkidle0' });
    expect(asked).toHaveLength(1);
    await tab.close();
  });
});
