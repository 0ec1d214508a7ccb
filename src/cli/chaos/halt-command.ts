import { Command, Option } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { chaosFamily } from '../../kinds/chaos.ts';
import { environmentOption, examples } from '../commands/named-service.ts';
import { namedRun } from '../commands/run-command.ts';
import { withConnections } from '../connections.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { noOpenRun, reportSent, sendToRun, type SendOptions } from '../runs/send-to-run.ts';
import { tracedCommand } from '../traced-command.ts';

interface HaltOptions extends SendOptions {
  environment?: string;
  json?: boolean;
}

/** Experiments and campaigns are halted by the same verb as any other run: `abort`. */
export function createHaltCommand(all: readonly AnyKind[]): Command {
  const kinds = all.filter(({ family }) => family === chaosFamily);
  const verb = 'abort';
  return new Command('halt')
    .summary('remove the faults of an experiment or campaign now')
    .description(
      'End an experiment: its faults are removed at once, shown to be gone, and the recovery is ' +
        'measured. Of a campaign the experiment under way is halted, and no other begins. ' +
        '`belay lever engage` does the same to all of an environment.',
    )
    .argument('<name>', 'NAME, ENVIRONMENT/NAME, or a workflow ID')
    .addOption(environmentOption())
    .addOption(new Option('--why <text>', 'recorded with the verb'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples('belay chaos halt staging/web-freezes --why "checkout is slow"'))
    .action((typed: string, options: HaltOptions) =>
      tracedCommand('halt', () =>
        withConnections(async (to) => {
          const { environment } = options;
          const filter = environment === undefined ? {} : { environment };
          const run = await namedRun(typed, filter, kinds, to, verb);
          const found = await openRunUnder(run, to);
          if (found === undefined) throw noOpenRun(run);
          const sent = await sendToRun({ verb, run, found, kinds }, options, to);
          reportSent(verb, run, sent, options.json);
        }),
      ),
    );
}
