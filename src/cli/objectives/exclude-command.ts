import { Command, Option } from 'commander';
import type { Exclusion } from '../../contracts/objectives/exclusion.ts';
import {
  approveExclusion,
  cancelExclusion,
  type ExclusionChange,
} from '../../policies/objectives/exclusions/change-exclusion.ts';
import { whyNotExcluded } from '../../policies/objectives/exclusions/judge-exclusion.ts';
import { momentIn } from '../../render/objectives/moment-in.ts';
import { zone as zoneSchema } from '../../specs/kernel/zone.ts';
import { actingPerson } from '../acting-person.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { pageFor } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { announceExclusion, type WrittenExclusion } from './announce-exclusion.ts';
import { changeKnownExclusion, knownExclusions } from './known-exclusions.ts';

interface ActingOptions {
  as?: string;
  json?: boolean;
}

interface ListOptions {
  environment: string;
  zone: string;
  json?: boolean;
}

const environmentOption = () =>
  new Option('-e, --environment <name>', 'of which environment').makeOptionMandatory();
const asOption = () => new Option('--as <name>', 'who is acting (default: user@host)');
const jsonOption = () => new Option('--json', 'print it as JSON');
const zoneOption = () => new Option('--zone <name>', 'of times without an offset').default('UTC');

export function createExcludeCommand(): Command {
  return new Command('exclude')
    .summary('maintenance, whose time counts neither as good nor as bad')
    .description(
      'Announce maintenance. Its time is left out of objectives if it was announced, and approved by ' +
        'somebody else, before it begins. It begins and ends by itself.',
    )
    .addCommand(createAddCommand())
    .addCommand(createListCommand())
    .addCommand(
      createChangeCommand({
        ...{ name: 'approve', done: 'approved', summary: 'agree that its time is left out' },
        change: approveExclusion,
      }),
    )
    .addCommand(
      createChangeCommand({
        ...{ name: 'cancel', done: 'cancelled', summary: 'take it back, or end it now' },
        change: cancelExclusion,
      }),
    );
}

function createAddCommand(): Command {
  return new Command('add')
    .summary('announce maintenance')
    .addOption(environmentOption())
    .addOption(new Option('--service <name...>', 'of which services (default: all)'))
    .addOption(new Option('--from <time>', 'such as 2026-12-24T02:00').makeOptionMandatory())
    .addOption(new Option('--to <time>', 'when it ends').makeOptionMandatory())
    .addOption(zoneOption())
    .addOption(
      new Option('--why <text>', 'for those who approve it and read reports').makeOptionMandatory(),
    )
    .addOption(
      new Option('--public-title <text>', 'what the status page calls it (default: Maintenance)'),
    )
    .addOption(asOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'belay slo exclude add -e prod --service shop --from 2026-12-24T02:00 --to 2026-12-24T04:00 --zone Europe/Berlin --why "New disks"',
      ),
    )
    .action(({ as, json, ...written }: WrittenExclusion & ActingOptions) =>
      withConnections(async ({ objectives: store }) => {
        const who = { by: actingPerson(as), nowMs: Date.now() };
        const announced = await announceExclusion(store, written, who);
        const { id, environment } = announced;
        const approve = `belay slo exclude approve ${id} -e ${environment}`;
        if (json) printJson(announced);
        else
          print(`${id}: announced. Somebody else has to approve it before it begins: ${approve}`);
      }),
    );
}

function createListCommand(): Command {
  return new Command('list')
    .summary('maintenance that is announced, and that of the last 90 days')
    .addOption(environmentOption())
    .addOption(zoneOption())
    .addOption(jsonOption())
    .addHelpText('after', examples('belay slo exclude list -e prod --zone Europe/Berlin'))
    .action(({ environment, zone, json }: ListOptions) => {
      const { success, error } = zoneSchema.safeParse(zone);
      if (!success) {
        const list = error.issues.map(({ message }) => `--zone: ${message}`).join('\n');
        throw new CliFailure(exitCodes.badInput, list);
      }
      return withConnections(async ({ objectives }) => {
        const all = await knownExclusions(objectives, environment, Date.now());
        if (json) printJson(all);
        else print(renderExclusions(all, zone));
      });
    });
}

function renderExclusions(all: readonly Exclusion[], zone: string): string {
  if (all.length === 0) return 'No maintenance is announced.';
  const { paint } = pageFor(process.stdout, process.env);
  const titles = ['ID', 'FROM', 'UNTIL', 'SERVICES', 'BY', 'APPROVED BY', 'WHY', 'EXCLUDED'];
  const rows = all.map((each) => {
    const why = whyNotExcluded(each);
    return [
      ...[paint.bold(each.id), momentIn(zone, each.fromMs), momentIn(zone, each.untilMs)],
      ...[each.services?.join(', ') ?? 'all', each.by, each.approvedBy ?? '', each.why],
      why === undefined ? 'yes' : `no: ${why}`,
    ];
  });
  return renderTable([titles.map((title) => paint.dim(title)), ...rows], { indent: 0 }).join('\n');
}

interface ChangeCommand {
  name: string;
  done: string;
  summary: string;
  change(known: Exclusion, by: string, nowMs: number): ExclusionChange;
}

function createChangeCommand({ name, done, summary, change }: ChangeCommand): Command {
  return new Command(name)
    .summary(summary)
    .argument('<id>', 'its ID, as belay slo exclude list shows it')
    .addOption(environmentOption())
    .addOption(asOption())
    .addOption(jsonOption())
    .addHelpText('after', examples(`belay slo exclude ${name} m-5c1f00d2 -e prod`))
    .action((id: string, { environment, as, json }: { environment: string } & ActingOptions) =>
      withConnections(async ({ objectives: store }) => {
        const nowMs = Date.now();
        const changed = await changeKnownExclusion(store, { environment, id, nowMs }, (known) =>
          change(known, actingPerson(as), nowMs),
        );
        if (json) printJson(changed);
        else print(`${id}: ${done}`);
      }),
    );
}
