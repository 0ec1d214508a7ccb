import { Command, Option } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { Breakers } from '../../adapters/breakers/breakers.ts';
import type { Cache } from '../../adapters/caches/cache.ts';
import { openCaches, type OpenCaches } from '../../adapters/caches/open-caches.ts';
import { nameLedger } from '../../adapters/ledger/name-ledger.ts';
import { nameInstallation } from '../../adapters/temporal/installation.ts';
import { listOpenIncidents } from '../../adapters/temporal/open-incidents.ts';
import type { Config } from '../../config/config.ts';
import type { IncidentStatus } from '../../contracts/recovery/incident.ts';
import { siteFiles } from '../../render/objectives/status-page/site-files.ts';
import { parseDuration } from '../../specs/kernel/duration.ts';
import type { StatusPageSpec } from '../../specs/objectives/status-page.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, remark } from '../output.ts';
import { collectPage, pageBegins } from '../status-page/collect-page.ts';
import { readPageSpec } from '../status-page/given-page.ts';
import { queryStatus } from '../runs/query-status.ts';
import { readKnownIncidents } from '../status-page/known-incidents.ts';
import { readLastBuild, writeLastBuild } from '../status-page/last-build.ts';
import { dayCache, keepDays, type CachedDay } from '../status-page/past-days.ts';
import { serveSite } from '../status-page/serve-site.ts';
import { writeSite } from '../status-page/write-site.ts';
import { onStopSignals } from '../up/stop-signals.ts';
import { examples } from './named-service.ts';

interface BuildOptions {
  file: string;
  out: string;
  every?: string;
}

interface ServeOptions extends BuildOptions {
  port: string;
  address: string;
}

export function createStatusPageCommand(): Command {
  return new Command('status-page')
    .summary('a page that tells everybody how services are')
    .description('Pages, a feed, badges and JSON, as files that any web server can serve.')
    .addCommand(createBuildCommand())
    .addCommand(createServeCommand());
}

const fileOption = () =>
  new Option(
    '-f, --file <file>',
    'what the page shows: YAML, or JSON if named so',
  ).makeOptionMandatory();
const outOption = () =>
  new Option('--out <folder>', 'where the files are written').makeOptionMandatory();

function createBuildCommand(): Command {
  return new Command('build')
    .summary('write the files of the page')
    .description(
      'Write the page from the ledger, with the words of incidents that somebody has published. Each ' +
        'file takes the place of the one before it at once. Where something does not answer, the page stays ' +
        'as it is, and says as of when.',
    )
    .addOption(fileOption())
    .addOption(outOption())
    .addOption(new Option('--every <duration>', 'again and again, such as 1m, until it is stopped'))
    .addHelpText(
      'after',
      examples('belay status-page build -f examples/status-page/acme.yaml --out /var/www/status'),
    )
    .action(async ({ file, out, every }: BuildOptions) => {
      const spec = await readPageSpec(file);
      const pauseMs = every === undefined ? undefined : readPause(every);
      if (pauseMs === undefined) print(await buildOnce(spec, out));
      else
        await buildAgain({ spec, out, pauseMs }, onStopSignals({ force: () => Promise.resolve() }));
    });
}

function createServeCommand(): Command {
  return new Command('serve')
    .summary('write the files of the page, and serve them')
    .description('Write the page again and again, and serve it over HTTP until it is stopped.')
    .addOption(fileOption())
    .addOption(outOption())
    .addOption(new Option('--every <duration>', 'how often it is written').default('1m'))
    .addOption(new Option('--port <port>', 'where').default('8095'))
    .addOption(new Option('--address <address>', 'on which address').default('127.0.0.1'))
    .addHelpText(
      'after',
      examples('belay status-page serve -f examples/status-page/acme.yaml --out site --port 8095'),
    )
    .action(async ({ file, out, every = '1m', port, address }: ServeOptions) => {
      const spec = await readPageSpec(file);
      const pauseMs = readPause(every);
      const site = await serveSite(out, { port: Number(port), address });
      print(site.url);
      try {
        await buildAgain({ spec, out, pauseMs }, onStopSignals({ force: () => Promise.resolve() }));
      } finally {
        await site.close();
      }
    });
}

const leastPauseMs = 10_000;

function readPause(written: string): number {
  const ms = parseDuration(written);
  if (ms !== undefined && ms >= leastPauseMs) return ms;
  throw new CliFailure(exitCodes.badInput, '--every: write a duration of at least 10s, such as 1m');
}

/** Opened by the first build, which knows whose answers they are. */
interface PageCaches {
  opened?: OpenCaches;
  days?: Cache<CachedDay>;
}

async function buildOnce(spec: StatusPageSpec, out: string): Promise<string> {
  const caches: PageCaches = {};
  try {
    return await build(spec, out, caches);
  } finally {
    await caches.opened?.close();
  }
}

function build(spec: StatusPageSpec, out: string, caches: PageCaches): Promise<string> {
  return withConnections(async (to: Connections) => {
    const nowMs = Date.now();
    const sinceMs = pageBegins(spec, nowMs);
    const { environment } = spec;
    const { home } = to.config;
    const before = await readLastBuild(home, out);
    const client = await to.temporal();
    const sources = {
      listOpen: async () =>
        (await listOpenIncidents(client, { environment })).map(({ workflowId }) => workflowId),
      ask: (workflowId: string) => queryStatus<IncidentStatus>(client, workflowId),
      listEnded: () => to.ledger.list({ environment, kinds: ['incident'], sinceMs }),
    };
    const incidents = await readKnownIncidents(sources, before, { nowMs, sinceMs });
    await writeLastBuild(home, out, before);
    caches.opened ??= await openPageCaches(to.config, client);
    caches.days ??= caches.opened.open(dayCache);
    const readDays = keepDays(caches.days, nowMs);
    const page = await collectPage(spec, to.objectives, { incidents, nowMs, readDays });
    const files = siteFiles(page);
    const written = await writeSite(out, files);
    return `${out}: ${written} of ${files.size} files written`;
  });
}

async function openPageCaches(config: Config, client: Client): Promise<OpenCaches> {
  const breakers = new Breakers(config.breakers);
  const installation = await nameInstallation(client.connection, client.options.namespace);
  return openCaches(config, {
    of: `${installation}/${nameLedger(config)}`,
    guardOf: (dependency) => breakers.guard(dependency),
  });
}

/** What does not answer is tried again: until then the page stays as it is. */
async function buildAgain(
  { spec, out, pauseMs }: { spec: StatusPageSpec; out: string; pauseMs: number },
  signal: AbortSignal,
): Promise<void> {
  const caches: PageCaches = {};
  while (!signal.aborted) {
    try {
      remark(await build(spec, out, caches));
    } catch (error) {
      remark(`The page stays as it is: ${error instanceof Error ? error.message : String(error)}`);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  await caches.opened?.close();
}
