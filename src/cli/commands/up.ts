import { Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { runDetached } from '../up/run-detached.ts';
import { runInForeground, type UpOptions } from '../up/run-in-foreground.ts';
import { explainStart } from '../up/start-failure.ts';
import { examples } from './named-service.ts';

export function createUpCommand(): Command {
  return new Command('up')
    .summary('run everything on this machine')
    .description(
      'Run Temporal with its Web UI, the local platform, a worker, an agent and the gateway, and keep them alive. ' +
        'No Temporal is started if the TEMPORAL_* settings name one.',
    )
    .addOption(new Option('-d, --detach', 'return when everything runs, and leave it running'))
    .addOption(
      new Option(
        '--temporal-port <port>',
        'port of Temporal (default: 7233, or a free one)',
      ).argParser(parsePort),
    )
    .addOption(
      new Option('--ui-port <port>', 'port of its Web UI (default: 8233, or a free one)').argParser(
        parsePort,
      ),
    )
    .addOption(
      new Option(
        '--gateway-port <port>',
        'port for webhooks (default: BELAY_GATEWAY_PORT, 7480, or a free one)',
      ).argParser(parsePort),
    )
    .addOption(new Option('--json', 'say what runs, and where, as JSON'))
    .addHelpText('after', examples('belay up', 'belay up --detach && belay doctor'))
    .action(async ({ detach, ...options }: UpOptions & { detach?: boolean }) => {
      const config = loadConfig(process.env);
      const run = detach ? runDetached : runInForeground;
      await run(config, options).catch((error: unknown) => {
        throw explainStart(error);
      });
    });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InvalidArgumentError('A port is a whole number from 1 to 65535.');
}
