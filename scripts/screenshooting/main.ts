import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Browser } from 'puppeteer-core';
import { startLoad } from '../load/load-client.ts';
import { expectThat } from '../demonstration/expectation.ts';
import { Machine } from '../demonstration/machine.ts';
import { launchChromium } from './chromium.ts';
import { drawTerminal } from './draw-terminal.ts';
import { recordTerminal } from './record-terminal.ts';
import { pictureWebUi, timelineAlone, upToDetails } from './web-ui.ts';

const usage = `Usage: scripts/screenshots

Rolls out a sample service on this machine and takes pictures of it on the way: the Temporal Web
UI and the belay command, into docs/images. Needs Chromium and, for a terminal, script(1).`;

const service = 'demo/shop';
const folder = 'docs/images';

const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
if (values.help) console.log(usage);
else await takePictures();

async function takePictures(): Promise<void> {
  const browser = await launchChromium();
  try {
    await mkdir(folder, { recursive: true });
    const machine = await Machine.start();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void machine.remove().finally(() => process.exit(130)));
    }
    try {
      await rollOut(machine, browser);
    } catch (error) {
      console.error(await machine.lastWords());
      throw error;
    } finally {
      await machine.remove();
    }
  } finally {
    await browser.close();
  }
}

async function rollOut(machine: Machine, browser: Browser): Promise<void> {
  await machine.belay(['deploy', '-f', 'examples/demo/v1.yaml', '--watch']);
  const load = startLoad({ url: await frontOf(machine), ratePerSecond: 60, keepAlive: true });
  try {
    await pictureHold(machine, browser);
    await machine.belay(['promote-full', service, '--as', 'ana', '--why', 'pictures are taken']);
    await machine.belay(['watch', service]);
    await pictureApproval(machine, browser);
  } finally {
    await load.stop();
  }
}

/** A canary in the middle of its second hold. */
async function pictureHold(machine: Machine, browser: Browser): Promise<void> {
  const spec = 'scripts/screenshooting/canary.yaml';
  const { output } = await machine.belay(['deploy', '-f', spec, '--as', 'ana', '--json']);
  const { webUrl } = JSON.parse(output) as { webUrl: string };
  await machine.until(service, 'the stage at 20 % had measurements', ({ stages }) =>
    stages.some(
      ({ weight, state, measurements }) =>
        weight === 20 && state === 'active' && measurements.length >= 10,
    ),
  );
  const watch = await recordTerminal(['watch', service], {
    env: machine.environment(),
    forMs: 4_000,
  });
  await drawTerminal(browser, watch, `${folder}/belay-watch.png`);
  await pictureWebUi(browser, {
    url: `${webUrl}/user-metadata`,
    shows: ['Holding 20 %', 'You can promote'],
    part: upToDetails,
    path: `${folder}/web-ui-rollout.png`,
  });
  await pictureWebUi(browser, {
    url: `${webUrl}/timeline`,
    shows: ['20 % to the canary', 'watch the canary at 20 %'],
    part: timelineAlone,
    path: `${folder}/web-ui-history.png`,
  });
}

async function pictureApproval(machine: Machine, browser: Browser): Promise<void> {
  await machine.belay(['deploy', '-f', 'scripts/screenshooting/approval.yaml', '--as', 'ana']);
  await machine.until(
    service,
    'an approval was waited for',
    ({ phase }) => phase === 'awaiting-approval',
  );
  const status = await recordTerminal(['status', service], { env: machine.environment() });
  await drawTerminal(browser, status, `${folder}/belay-status.png`);
}

async function frontOf(machine: Machine): Promise<string> {
  const { output } = await machine.belay(['status', service, '--json'], { quietly: true });
  const { service: state } = JSON.parse(output) as { service?: { url?: string } };
  expectThat(state?.url !== undefined, 'the service has an address');
  return state.url;
}
