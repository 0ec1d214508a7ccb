import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { findEndpoint, type TemporalEndpoint } from '../../adapters/temporal/endpoint.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load-config.ts';
import { locateTemporal } from '../../embedded/locate.ts';
import { readRunningCodecServer } from '../../embedded/running-codec-server.ts';
import { exitCodeOf } from '../up/child-in-foreground.ts';
import { explainStart } from '../up/start-failure.ts';
import { examples } from './named-service.ts';

export function createTemporalCommand(): Command {
  return new Command('temporal')
    .argument('[args...]', 'what to pass on')
    .summary("run Temporal's own command against the same server")
    .description(
      "Run Temporal's command line, the one Belay found or fetched, against the server that " +
        'Belay talks to. All arguments are passed on, its exit code comes back. While a ' +
        '`belay codec-server` runs for this BELAY_HOME it decrypts what is shown.',
    )
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      examples('belay temporal workflow list', 'belay temporal workflow show -w rollout/demo/shop'),
    )
    .action(async (args: string[]) => {
      process.exitCode = await runTemporal(args);
    });
}

async function runTemporal(args: string[]): Promise<number> {
  const config = loadConfig(process.env);
  const { path } = await locateTemporal({ cache: config.cache }).catch((error: unknown) => {
    throw explainStart(error);
  });
  const endpoint = await findEndpoint(config);
  const env = { ...(await codecOf(config)), ...process.env, ...addressOf(endpoint) };
  const child = spawn(path, args, { stdio: 'inherit', env });
  // Ctrl-C reaches the child from the terminal; it decides what to make of it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return exitCodeOf(child);
}

/** The settings, where they name a server, are read by the program itself, and say more. */
function addressOf({ source, address, namespace }: TemporalEndpoint): NodeJS.ProcessEnv {
  if (source === 'settings') return {};
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
}

/** The codec server that runs here, unless the settings name another. */
async function codecOf({ home, codecServer }: Config): Promise<NodeJS.ProcessEnv> {
  const running = await readRunningCodecServer(home);
  if (running === undefined) return {};
  const token = codecServer.tokenFile && (await firstToken(codecServer.tokenFile));
  return {
    TEMPORAL_CODEC_ENDPOINT: running.url,
    ...(token && { TEMPORAL_CODEC_AUTH: `Bearer ${token}` }),
  };
}

async function firstToken(file: string): Promise<string | undefined> {
  const written = await readFile(file, 'utf8').catch(() => '');
  const line = written.split('\n').find((text) => /^\s*[^#\s]/.test(text));
  return line?.trim().split(/\s+/).at(-1);
}
