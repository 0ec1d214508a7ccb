import { Command, Option } from 'commander';
import { changeControlMessages, type LeverInput } from '../../contracts/kernel/change-control.ts';
import { actingPerson } from '../acting-person.ts';
import { environmentArgument } from '../change-control/environment-argument.ts';
import { readChangeControls } from '../change-control/read-change-control.ts';
import { reportTold, tell } from '../change-control/tell.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { renderLever } from '../render/change-control-page.ts';
import { pageFor } from '../render/page.ts';
import { tracedCommand } from '../traced-command.ts';
import { examples } from './named-service.ts';

interface LeverOptions {
  why?: string;
  as?: string;
  json?: boolean;
}

export function createLeverCommand(): Command {
  return new Command('lever')
    .summary('the safety lever: stop chaos, trains and migrations')
    .description(
      'The safety lever of an environment. While it is engaged no chaos experiment, train or ' +
        'migration starts, and those that run are aborted. It never stops a rollout or an undo.',
    )
    .addCommand(createEngageCommand())
    .addCommand(createReleaseCommand())
    .addCommand(createStatusCommand(), { isDefault: true });
}

function createEngageCommand(): Command {
  return leverCommand('engage', 'engageLever')
    .description('Abort chaos, trains and migrations now, and let none start.')
    .addOption(new Option('--why <text>', 'told to everybody who is stopped').makeOptionMandatory())
    .addHelpText('after', examples('belay lever engage prod --why "checkout is down"'));
}

function createReleaseCommand(): Command {
  return leverCommand('release', 'releaseLever')
    .description('Let chaos, trains and migrations start again; none is started.')
    .addOption(new Option('--why <text>', 'recorded with it'))
    .addHelpText('after', examples('belay lever release prod --why "all is well"'));
}

function leverCommand(verb: string, message: 'engageLever' | 'releaseLever'): Command {
  return new Command(verb)
    .addArgument(environmentArgument('<environment>', 'such as prod'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .action((environment: string, { why, as, json = false }: LeverOptions) =>
      tracedCommand(`lever ${verb}`, () =>
        withConnections(async (to) => {
          const input: LeverInput = { by: actingPerson(as), ...(why !== undefined && { why }) };
          const name = changeControlMessages[message];
          reportTold(environment, await tell(to, { environment, name, input }), { json });
        }),
      ),
    );
}

function createStatusCommand(): Command {
  return new Command('status')
    .description('Say whether it is engaged, by whom and why.')
    .addArgument(environmentArgument('[environment]', 'such as prod (default: all of them)'))
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay lever', 'belay lever status prod'))
    .action((environment: string | undefined, { json }: { json?: boolean }) =>
      withConnections(async (to) => {
        const states = await readChangeControls(await to.temporal(), environment);
        if (json) {
          printJson(
            states.map(({ environment, lever }) => ({ environment, lever: lever ?? null })),
          );
          return;
        }
        const page = pageFor(process.stdout, process.env);
        const lines = states.map((state) => `${state.environment}: ${renderLever(state, page)}`);
        print(lines.join('\n') || 'No safety lever is engaged.');
      }),
    );
}
