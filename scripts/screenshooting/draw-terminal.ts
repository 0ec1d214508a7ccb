import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser } from 'puppeteer-core';
import type { Recording } from './record-terminal.ts';

const page = new URL('terminal.html', import.meta.url);
const require = createRequire(import.meta.url);

/** Draws the final content of the terminal. */
export async function drawTerminal(
  browser: Browser,
  { typed, output, columns }: Recording,
  path: `${string}.png`,
): Promise<void> {
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1200, height: 1600, deviceScaleFactor: 1.5 });
  await tab.setContent(await readFile(page, 'utf8'));
  await tab.addStyleTag({ path: require.resolve('@xterm/xterm/css/xterm.css') });
  await tab.addScriptTag({ path: require.resolve('@xterm/xterm') });
  const screen = `\u001b[90m$\u001b[0m \u001b[1m${typed}\u001b[0m\r\n${output.trimEnd()}`;
  await tab.evaluate(`draw(${JSON.stringify(screen)}, ${columns})`);
  const window = await tab.$('#window');
  await window?.screenshot({ path, omitBackground: true });
  await tab.close();
}
