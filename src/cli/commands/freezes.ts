import { Command, Option } from 'commander';
import { environmentArgument } from '../change-control/environment-argument.ts';
import { readChangeControls } from '../change-control/read-change-control.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { renderChangeControls } from '../render/change-control-page.ts';
import { pageFor } from '../render/page.ts';
import { examples } from './named-service.ts';

export function createFreezesCommand(): Command {
  return new Command('freezes')
    .summary('what is frozen, and which runs hold permits')
    .description(
      'Show the change control of an environment: its freezes, its safety lever, the runs that hold ' +
        'a permit, and what was overridden or refused.',
    )
    .addArgument(environmentArgument('[environment]', 'such as prod (default: all of them)'))
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', examples('belay freezes', "belay freezes prod --json | jq '.[].freezes'"))
    .action((environment: string | undefined, { json }: { json?: boolean }) =>
      withConnections(async (to) => {
        const states = await readChangeControls(await to.temporal(), environment);
        if (json) printJson(states);
        else print(renderChangeControls(states, pageFor(process.stdout, process.env)));
      }),
    );
}
