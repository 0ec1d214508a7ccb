import { Command, Option } from 'commander';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { renderList } from '../render/lists.ts';
import { paintFor } from '../render/page.ts';
import { listOpenRollouts } from '../rollouts/list-rollouts.ts';
import { listServices } from '../rollouts/list-services.ts';
import { examples } from './named-service.ts';

interface ListOptions {
  json?: boolean;
}

export function createListCommand(): Command {
  return new Command('list')
    .summary('open rollouts, and services without one')
    .description(
      'List the open rollouts of every kind, and the services of the local platform without one.',
    )
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', examples('belay list', "belay list --json | jq '.rollouts[].phase'"))
    .action(({ json }: ListOptions) =>
      withConnections(async (to) => {
        const [rollouts, services] = await Promise.all([
          listOpenRollouts(await to.temporal()),
          listServices(to),
        ]);
        const open = new Set(
          rollouts.map(({ environment, service }) => `${environment}/${service}`),
        );
        const idle = services.filter(
          ({ environment, service }) => !open.has(`${environment}/${service}`),
        );
        if (json) printJson({ rollouts, services });
        else
          print(
            renderList(rollouts, idle, {
              nowMs: Date.now(),
              paint: paintFor(process.stdout, process.env),
            }),
          );
      }),
    );
}
