import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'puppeteer-core';

export interface WebUiPicture {
  url: string;
  /** All of this text must be visible before the picture is taken. */
  shows: string[];
  /** The part of the page to capture: JavaScript for the browser that returns a DOMRect. */
  part: string;
  path: `${string}.png`;
}

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The page up to the last line of a rollout's details. */
export const upToDetails = `(() => {
  const frames = [...document.querySelectorAll('iframe')];
  const bottoms = frames.map((frame) => frame.getBoundingClientRect().bottom);
  return new DOMRect(0, 0, innerWidth, Math.max(...bottoms) + 24);
})()`;

/** The timeline with its heading. */
export const timelineAlone = `(() => {
  const headings = [...document.querySelectorAll('h2')];
  const heading = headings.find(({ innerText }) => innerText.trim() === 'Timeline');
  const { x, y, width, height } = heading.closest('main > div > *').getBoundingClientRect();
  return new DOMRect(x - 16, y - 8, width + 32, height + 24);
})()`;

const width = 1500;
const deadlineMs = 60_000;

/** Takes a picture of a page of the Temporal Web UI. */
export async function pictureWebUi(
  browser: Browser,
  { url, shows, part, path }: WebUiPicture,
): Promise<void> {
  const tab = await browser.newPage();
  await tab.setViewport({ width, height: 2000 });
  await tab.goto(url, { waitUntil: 'domcontentloaded' });
  await untilShown(tab, shows);
  await tab.screenshot({ path, clip: await untilStill(tab, part) });
  await tab.close();
}

/** Details are Markdown in separate frames, so every frame is searched. */
async function untilShown(tab: Page, shows: string[]): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const texts = await Promise.all(
      tab.frames().map((frame) => frame.evaluate('document.body.innerText').catch(() => '')),
    );
    const shown = texts.join('\n');
    const missing = shows.filter((text) => !shown.includes(text));
    if (missing.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(`${tab.url()} does not show ${missing.join(', ')}, but:\n${shown}`);
    }
    await sleep(100);
  }
}

/** Elements grow while the page loads: waits until the part has not moved for a second. */
async function untilStill(tab: Page, part: string): Promise<Rectangle> {
  const script = `(({ x, y, width, height }) => ({ x, y, width, height }))(${part})`;
  let last = '';
  for (;;) {
    const rectangle = (await tab.evaluate(script)) as Rectangle;
    if (JSON.stringify(rectangle) === last) return rectangle;
    last = JSON.stringify(rectangle);
    await sleep(1_000);
  }
}
