import { Option, type Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { withConnections } from '../connections.ts';
import { commandsOf } from '../families/families.ts';
import { examples } from './named-service.ts';
import { namedRun, runCommand, type NamedRunOptions } from './run-command.ts';

interface ReportCommandOptions extends NamedRunOptions {
  run?: string;
  rollout?: string;
  html?: string;
  json?: boolean;
}

export function createReportCommand(kinds: readonly AnyKind[]): Command {
  return runCommand('report', kinds)
    .summary('why a run ended as it did, with charts as HTML')
    .description(
      'Report on the open run or, without one, on the last: outcome and reason, what was done and ' +
        'measured, people, undo steps; of a rollout its stages with their verdicts. With --html as one ' +
        'file for a browser, of a rollout with a chart for each metric; it loads nothing and runs no ' +
        'scripts.',
    )
    .addOption(new Option('--run <id>', 'a closed one (belay history names them)'))
    .addOption(new Option('--rollout <id>', 'the same as --run').conflicts('run'))
    .addOption(new Option('--html <file>', 'write it as HTML; - for standard output'))
    .addOption(new Option('--json', 'print the report of a closed one as JSON').conflicts('html'))
    .addHelpText(
      'after',
      examples(
        'belay report shop',
        'belay report shop --html report.html',
        "belay report shop --json | jq -r '.details.version'",
        'belay report demo/shop --run 20250102T101500-1a2b3c4d --html - > report.html',
      ),
    )
    .action((typed: string, { run, rollout, html, json, ...named }: ReportCommandOptions) =>
      withConnections(async (to) => {
        const found = await namedRun(typed, named, kinds, to);
        const runRef = run ?? rollout;
        const options = {
          ...(runRef !== undefined && { runRef }),
          ...(html !== undefined && { html }),
          ...(json !== undefined && { json }),
        };
        await (await commandsOf(found, kinds)).report(found, options, to);
      }),
    );
}
