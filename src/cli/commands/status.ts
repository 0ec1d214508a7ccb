import { Option, type Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { withConnections } from '../connections.ts';
import { commandsOf } from '../families/families.ts';
import { examples } from './named-service.ts';
import { namedRun, runCommand, type NamedRunOptions } from './run-command.ts';

interface StatusOptions extends NamedRunOptions {
  json?: boolean;
}

export function createStatusCommand(kinds: readonly AnyKind[]): Command {
  return runCommand('status', kinds)
    .summary('where a run stands, and how to act on it')
    .description(
      'Show an open run: what it has done and measured, people, what it waits for and how to act. ' +
        'Without one: how the last ended. For a rollout: stages, verdicts, replicas or pods of both ' +
        'releases, and what serves now. Pods are read with your own rights in the cluster.',
    )
    .addOption(new Option('--json', 'print what is known as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay status shop',
        'belay status rollout/demo/shop',
        "belay status demo/shop --json | jq -r '.rollout.phase'",
      ),
    )
    .action((typed: string, { json, ...options }: StatusOptions) =>
      withConnections(async (to) => {
        const run = await namedRun(typed, options, kinds, to);
        await (await commandsOf(run, kinds)).showStatus(run, { ...(json && { json }) }, to);
      }),
    );
}
