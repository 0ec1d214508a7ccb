import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';

export interface Look {
  width: number;
  scheme: 'light' | 'dark';
}

/** A phone, a tablet and a screen. */
const widths = [360, 768, 1280] as const;

export const looks: readonly Look[] = widths.flatMap((width) => [
  { width, scheme: 'light' as const },
  { width, scheme: 'dark' as const },
]);

/** A file of a site, as somebody without JavaScript sees it. */
export async function openPage(
  browser: Browser,
  file: string,
  { width, scheme }: Look,
): Promise<Page> {
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 900, deviceScaleFactor: 1 });
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.setJavaScriptEnabled(false);
  await tab.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  return tab;
}
