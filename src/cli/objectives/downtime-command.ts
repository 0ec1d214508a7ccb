import { Command, Option } from 'commander';
import { actingPerson } from '../acting-person.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson, remark } from '../output.ts';
import { excludedMinutes, recordDowntime, type WrittenDowntime } from './record-downtime.ts';

interface DowntimeOptions extends WrittenDowntime {
  as?: string;
  json?: boolean;
}

export function createDowntimeCommand(): Command {
  return new Command('downtime')
    .summary('record by hand that a service was down')
    .description(
      'Record a time in which objectives were not met, though nothing has measured it. Requests that were ' +
        'counted in it are bad; where none were, as many as a minute of the day before had. Reports and pages ' +
        'say that it was recorded by hand, and reports by whom.',
    )
    .addOption(new Option('-e, --environment <name>', 'of which environment').makeOptionMandatory())
    .addOption(new Option('--objective <name...>', 'of these'))
    .addOption(new Option('--service <name...>', 'of the objectives of these services'))
    .addOption(new Option('--all', 'of every objective of the environment'))
    .addOption(new Option('--from <time>', 'such as 2026-11-24T02:00').makeOptionMandatory())
    .addOption(new Option('--to <time>', 'when it was over').makeOptionMandatory())
    .addOption(new Option('--zone <name>', 'of times without an offset').default('UTC'))
    .addOption(new Option('--why <text>', 'what happened').makeOptionMandatory())
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay slo downtime -e prod --service shop --from 2026-11-24T02:00 --to 2026-11-24T02:40 --zone Europe/Berlin --why "The provider was down"',
      ),
    )
    .action(({ as, json, ...written }: DowntimeOptions) =>
      withConnections(async ({ objectives: store }) => {
        const who = { by: actingPerson(as), nowMs: Date.now() };
        const downtime = await recordDowntime(store, written, who);
        const { id, objectives, by } = downtime;
        if (json) printJson(downtime);
        else print(`${id}: recorded by ${by} of ${objectives.join(', ')}`);
        for (const { objective, minutes } of await excludedMinutes(store, downtime)) {
          remark(`${minutes} of its minutes are maintenance of ${objective}, and do not count.`);
        }
      }),
    );
}
