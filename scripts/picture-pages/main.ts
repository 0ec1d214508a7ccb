import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeSite } from '../../src/cli/status-page/write-site.ts';
import { siteFiles } from '../../src/render/objectives/status-page/site-files.ts';
import { launchChromium } from '../screenshooting/chromium.ts';
import { looks, openPage } from './open-page.ts';
import { samplePage } from './sample-page.ts';

const usage = `Usage: scripts/page-pictures [--out FOLDER]

Takes pictures of the status page and of the page of a service, made of invented data, at three widths,
light and dark, without JavaScript, into FOLDER; or the two of the documentation into docs/images.
Needs Chromium.`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean' },
    out: { type: 'string' },
  },
});
if (values.help) console.log(usage);
else if (values.out === undefined) await takePictures('docs/images', isInDocs);
else await takePictures(values.out, () => true);

function isInDocs(name: string): boolean {
  return name === 'status-page-light-768' || name === 'status-page-service-dark-360';
}

async function takePictures(out: string, isWanted: (name: string) => boolean): Promise<void> {
  await mkdir(out, { recursive: true });
  const site = await mkdtemp(join(tmpdir(), 'belay-pictures-'));
  const browser = await launchChromium();
  try {
    await writeSite(site, siteFiles(samplePage));
    for (const look of looks) {
      for (const [name, file] of [
        ['status-page', 'index.html'],
        ['status-page-service', 'services/shop.html'],
      ] as const) {
        const picture = `${name}-${look.scheme}-${look.width}`;
        if (!isWanted(picture)) continue;
        const tab = await openPage(browser, join(site, file), look);
        const path = `${out}/${picture}.png` as const;
        await tab.screenshot({ path, fullPage: name === 'status-page' });
        await tab.close();
        console.log(path);
      }
    }
  } finally {
    await browser.close();
    await rm(site, { recursive: true });
  }
}
