import { Command, Option } from 'commander';
import { listOpenIncidents, type OpenIncident } from '../../adapters/temporal/open-incidents.ts';
import type { IncidentReport } from '../../contracts/recovery/incident.ts';
import { isClosedIncident } from './read-incident.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor, type Page } from '../render/page.ts';
import { renderTable } from '../render/table.ts';

interface ListOptions {
  environment?: string;
  all?: boolean;
  json?: boolean;
}

const mostClosed = 50;

export function createIncidentListCommand(): Command {
  return new Command('list')
    .summary('open incidents; with --all also the last closed ones')
    .description(
      'List the open incidents, the worst first. --all adds the last 50 that were closed.',
    )
    .addOption(new Option('-e, --environment <name>', 'only of this environment'))
    .addOption(new Option('--all', 'also closed ones'))
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', examples('belay incident list', 'belay incident list --all -e prod'))
    .action(({ environment, all, json }: ListOptions) =>
      withConnections(async (to) => {
        const where = environment === undefined ? {} : { environment };
        const open = await listOpenIncidents(await to.temporal(), where);
        open.sort((one, other) => rank(one).localeCompare(rank(other)));
        const reports = all
          ? await to.ledger.list({ ...where, kinds: ['incident'], limit: mostClosed })
          : [];
        const closed = reports.filter(isClosedIncident);
        if (json) printJson({ open, ...(all && { closed }) });
        else print(renderIncidents(open, closed, pageFor(process.stdout, process.env)));
      }),
    );
}

function rank({ severity, startedAtMs }: OpenIncident): string {
  return `${severity || 'sev0'} ${startedAtMs}`;
}

function renderIncidents(
  open: readonly OpenIncident[],
  closed: readonly IncidentReport[],
  page: Page,
): string {
  const { paint } = page;
  const rows = [
    ...open.map(({ severity, environment, name, phase, startedAtMs }) => [
      paint.red(severity.toUpperCase()),
      `${environment}/${name}`,
      paint.yellow(phase),
      formatAge(startedAtMs, page),
      '',
    ]),
    ...closed.map(({ subject, outcome, endedAtMs, details, runRef }) => [
      paint.dim(details.severity.toUpperCase()),
      `${subject.environment}/${subject.name}`,
      outcome,
      formatAge(endedAtMs, page),
      paint.dim(runRef),
    ]),
  ];
  return rows.length === 0 ? 'No incident is open.' : renderTable(rows, { indent: 0 }).join('\n');
}
