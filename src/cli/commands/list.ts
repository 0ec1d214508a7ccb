import type { Client } from '@temporalio/client';
import { Command, Option } from 'commander';
import { listRuns, type ListedRun } from '../../adapters/temporal/list-runs.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { isOpen, runsQuery } from '../../kinds/list-query.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import type { KindFilter } from '../../kinds/select-kinds.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { renderList } from '../render/lists.ts';
import { paintFor } from '../render/page.ts';
import { listServices } from '../rollouts/list-services.ts';
import { examples } from './named-service.ts';
import { chosenKinds, withKindOptions } from './run-command.ts';

interface ListOptions extends KindFilter {
  json?: boolean;
}

export function createListCommand(kinds: readonly AnyKind[]): Command {
  return withKindOptions(new Command('list'), kinds)
    .summary('open runs, and services without one')
    .description(
      'List the open rollouts, and the open runs of every other kind, and the services of the local ' +
        'platform without a rollout.',
    )
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay list',
        'belay list --kind canary',
        "belay list --json | jq '.rollouts[].phase'",
      ),
    )
    .action(({ json, ...filter }: ListOptions) =>
      withConnections(async (to) => {
        const chosen = chosenKinds(kinds, filter);
        const isFiltered = Object.keys(filter).length > 0;
        const [runs, services] = await Promise.all([
          listOpen(await to.temporal(), chosen),
          isFiltered ? [] : listServices(to),
        ]);
        const rollouts = runs.filter(isRollout).map(asRollout);
        const open = new Set(
          rollouts.map(({ environment, service }) => `${environment}/${service}`),
        );
        const idle = services.filter(
          ({ environment, service }) => !open.has(`${environment}/${service}`),
        );
        if (json) printJson({ runs, rollouts, services });
        else
          print(
            renderList(runs, idle, {
              nowMs: Date.now(),
              paint: paintFor(process.stdout, process.env),
            }),
          );
      }),
    );
}

async function listOpen(client: Client, kinds: readonly AnyKind[]): Promise<ListedRun[]> {
  const runs: ListedRun[] = [];
  for await (const run of listRuns(client, runsQuery(kinds, isOpen))) runs.push(run);
  return runs;
}

function isRollout({ workflowId }: ListedRun): boolean {
  return parseWorkflowId(workflowId)?.lock === rolloutLock;
}

function asRollout({ name, ...run }: ListedRun) {
  return { ...run, service: name };
}
