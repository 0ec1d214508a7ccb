import { InvalidArgumentError, Option, type Command } from 'commander';
import { withConnections } from '../connections.ts';
import {
  examples,
  namedService,
  serviceCommand,
  type NamedServiceOptions,
} from './named-service.ts';

interface LogsOptions extends NamedServiceOptions {
  track?: 'stable' | 'canary';
  replica?: string;
  lines: number;
}

export function createLogsCommand(): Command {
  return serviceCommand('logs')
    .summary('what the replicas of a service have written')
    .description('Print what the replicas of a service on the local platform have written.')
    .addOption(new Option('--track <track>', 'only these').choices(['stable', 'canary']))
    .addOption(new Option('--replica <name>', 'only this one (belay status names them)'))
    .addOption(
      new Option('-n, --lines <count>', 'the last lines of each')
        .argParser(parseLines)
        .default(100),
    )
    .addHelpText(
      'after',
      examples('belay logs shop --track canary', 'belay logs demo/shop -n 20 | grep -i error'),
    )
    .action((typed: string, { environment, ...which }: LogsOptions) =>
      withConnections(async (to) => {
        const name = await namedService(
          typed,
          environment === undefined ? {} : { environment },
          to,
        );
        process.stdout.write(await to.platform.readLogs(name, which));
      }),
    );
}

function parseLines(text: string): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 1) return lines;
  throw new InvalidArgumentError('Write a whole number from 1.');
}
