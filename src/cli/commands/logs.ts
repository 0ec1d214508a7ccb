import { InvalidArgumentError, Option, type Command } from 'commander';
import type { LogQuery } from '../../adapters/local-platform/local-platform.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { lastTarget } from '../rollouts/view-service.ts';
import type { ServiceName } from '../service-name.ts';
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
        process.stdout.write(await readLogs(name, which, to));
      }),
    );
}

async function readLogs(name: ServiceName, which: LogQuery, to: Connections): Promise<string> {
  try {
    return await to.local.readLogs(name, which);
  } catch (error) {
    const target = await lastTarget(name, to).catch(() => undefined);
    if (target?.platform !== 'kubernetes') throw error;
    throw new CliFailure(
      exitCodes.badInput,
      `${name.environment}/${name.service} runs on Kubernetes; belay status names its pods. Their ` +
        `logs: kubectl logs --namespace ${target.namespace} POD`,
      { cause: error },
    );
  }
}

function parseLines(text: string): number {
  const lines = Number(text);
  if (Number.isInteger(lines) && lines >= 1) return lines;
  throw new InvalidArgumentError('Write a whole number from 1.');
}
