import { Command, Option } from 'commander';
import { actingPerson } from '../acting-person.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { withdrawCounts, withdrawDowntime, type WrittenWithdrawal } from './withdraw.ts';

interface ActingOptions {
  why: string;
  as?: string;
  json?: boolean;
}

const environmentOption = () =>
  new Option('-e, --environment <name>', 'of which environment').makeOptionMandatory();
const whyOption = () => new Option('--why <text>', 'why it was wrong').makeOptionMandatory();
const asOption = () => new Option('--as <name>', 'who is acting (default: user@host)');
const jsonOption = () => new Option('--json', 'print it as JSON');

export function createWithdrawCommand(): Command {
  return new Command('withdraw')
    .summary('take back downtime, or counts that were pushed')
    .description(
      'Take back what was recorded or pushed by mistake. What it was is kept, and reports say who has ' +
        'withdrawn what, and why.',
    )
    .addCommand(createDowntimeCommand())
    .addCommand(createCountsCommand());
}

function createDowntimeCommand(): Command {
  return new Command('downtime')
    .summary('take back downtime: its minutes are again what they were before')
    .argument('<id>', 'its ID, as belay slo downtime and belay slo report --format json show it')
    .addOption(environmentOption())
    .addOption(whyOption())
    .addOption(asOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples('belay slo withdraw downtime d-90ab12cd -e prod --why "It was another service"'),
    )
    .action((id: string, options: { environment: string } & ActingOptions) =>
      withConnections(async ({ objectives: store }) => {
        const { environment, why, as, json } = options;
        const who = { by: actingPerson(as), why, nowMs: Date.now() };
        const withdrawn = await withdrawDowntime(store, { environment, id }, who);
        if (json) printJson(withdrawn);
        else print(`${id}: withdrawn by ${who.by} of ${withdrawn.objectives.join(', ')}`);
      }),
    );
}

function createCountsCommand(): Command {
  return new Command('counts')
    .summary('take back pushed counts: their minutes have no data')
    .addOption(environmentOption())
    .addOption(new Option('--objective <name>', 'of this one').makeOptionMandatory())
    .addOption(new Option('--from <time>', 'such as 2026-11-24T02:00').makeOptionMandatory())
    .addOption(new Option('--to <time>', 'before it').makeOptionMandatory())
    .addOption(new Option('--zone <name>', 'of times without an offset').default('UTC'))
    .addOption(whyOption())
    .addOption(asOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'belay slo withdraw counts -e prod --objective partner-orders --from 2026-11-24T02:00 --to 2026-11-24T02:05 --why "Counted in bytes"',
      ),
    )
    .action(({ why, as, json, ...written }: WrittenWithdrawal & ActingOptions) =>
      withConnections(async ({ objectives: store }) => {
        const who = { by: actingPerson(as), why, nowMs: Date.now() };
        const { recorded, minutes } = await withdrawCounts(store, written, who);
        if (json) printJson(recorded);
        else print(`${recorded.id}: ${minutes} minutes of ${written.objective} have no data now`);
      }),
    );
}
