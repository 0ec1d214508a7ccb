import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { findEndpoint, type TemporalEndpoint } from '../../adapters/temporal/endpoint.ts';
import { loadConfig } from '../../config/load-config.ts';
import { locateTemporal } from '../../embedded/locate.ts';
import { exitCodeOf } from '../up/child-in-foreground.ts';
import { explainStart } from '../up/start-failure.ts';
import { examples } from './named-service.ts';

export function createTemporalCommand(): Command {
  return new Command('temporal')
    .argument('[args...]', 'what to pass on')
    .summary("run Temporal's own command against the same server")
    .description(
      "Run Temporal's command line, the one Belay found or fetched, against the server that " +
        'Belay talks to. All arguments are passed on, its exit code comes back.',
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
  const env = { ...process.env, ...addressOf(await findEndpoint(config)) };
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
