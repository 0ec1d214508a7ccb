import { Command, Option } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { namedRun } from '../commands/run-command.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderIncidentPage } from '../render/incident-page.ts';
import { readIncident } from './read-incident.ts';

interface ShowOptions {
  environment?: string;
  run?: string;
  json?: boolean;
}

export function createIncidentShowCommand(kinds: readonly AnyKind[]): Command {
  return new Command('show')
    .argument('<run>', 'NAME, ENVIRONMENT/NAME, or a workflow ID such as incident/prod/shop')
    .summary('all that is known of an incident')
    .description(
      'Show severity, roles, objectives, timeline, notes and what you can do. Of an open incident as it ' +
        'stands; otherwise of the last one.',
    )
    .addOption(environmentOption())
    .addOption(new Option('--run <id>', 'a closed one (belay incident list --all names them)'))
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText(
      'after',
      examples('belay incident show shop', 'belay incident show prod/shop --json'),
    )
    .action((typed: string, { run: runRef, json, ...named }: ShowOptions) =>
      withConnections(async (to) => {
        const run = await namedRun(typed, named, kinds, to);
        const found = await readIncident(run, runRef, to);
        if (json) printJson(found.report ?? found.status);
        else print(renderIncidentPage(found, pageFor(process.stdout, process.env)));
      }),
    );
}
