import { Command, InvalidArgumentError, Option } from 'commander';
import { changeControlMessages, type ThawInput } from '../../contracts/kernel/change-control.ts';
import { actingPerson } from '../acting-person.ts';
import { environmentArgument } from '../change-control/environment-argument.ts';
import { reportTold, tell } from '../change-control/tell.ts';
import { withConnections } from '../connections.ts';
import { tracedCommand } from '../traced-command.ts';
import { examples } from './named-service.ts';

interface ThawOptions {
  freeze?: number;
  all?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

export function createThawCommand(): Command {
  return new Command('thaw')
    .summary('end a freeze')
    .description('End the freeze of an environment: the only one, the one named, or all of them.')
    .addArgument(environmentArgument('<environment>', 'such as prod'))
    .addOption(
      new Option(
        '--freeze <number>',
        'as belay freezes shows it (default: the only one)',
      ).argParser(readNumber),
    )
    .addOption(new Option('--all', 'all freezes of the environment').conflicts('freeze'))
    .addOption(new Option('--why <text>', 'recorded with it'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples('belay thaw prod', 'belay thaw prod --freeze 3 --why "all sold"'),
    )
    .action((environment: string, { freeze, all, why, as, json = false }: ThawOptions) =>
      tracedCommand('thaw', () =>
        withConnections(async (to) => {
          const input: ThawInput = {
            by: actingPerson(as),
            ...(why !== undefined && { why }),
            ...(freeze !== undefined && { freeze }),
            ...(all && { all }),
          };
          const { thaw: name } = changeControlMessages;
          reportTold(environment, await tell(to, { environment, name, input }), { json });
        }),
      ),
    );
}

function readNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new InvalidArgumentError('Write the number of a freeze.');
}
