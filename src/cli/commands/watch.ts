import { Option, type Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { withConnections } from '../connections.ts';
import { commandsOf } from '../families/families.ts';
import { examples } from './named-service.ts';
import { namedRun, runCommand, type NamedRunOptions } from './run-command.ts';

interface WatchOptions extends NamedRunOptions {
  json?: boolean;
}

export function createWatchCommand(kinds: readonly AnyKind[]): Command {
  return runCommand('watch', kinds)
    .summary('follow a run live until it ends')
    .description(
      'Follow a rollout, or a run of any other kind, until it ends: progress, verdicts, ' +
        'measurements, replicas. Exits with 0 if it succeeds (a rollout: is promoted) and with 1 if ' +
        'it does not. Ctrl-C leaves the run going on.',
    )
    .addOption(new Option('--json', 'one status per change and the report, a JSON document a line'))
    .addHelpText('after', examples('belay watch shop', 'belay watch demo/shop && echo promoted'))
    .action((typed: string, { json, ...options }: WatchOptions) =>
      withConnections(async (to) => {
        const run = await namedRun(typed, options, kinds, to);
        await (await commandsOf(run, kinds)).watch(run, { ...(json && { json }) }, to);
      }),
    );
}
