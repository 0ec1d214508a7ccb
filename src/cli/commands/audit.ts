import { Command, Option } from 'commander';
import type { LedgerFilter } from '../../contracts/kernel/ledger.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import type { KindFilter } from '../../kinds/select-kinds.ts';
import { auditTrail, type AuditFilter } from '../../policies/rollouts/audit/audit-trail.ts';
import { withConnections } from '../connections.ts';
import { print, printJsonLine } from '../output.ts';
import { parseMoment } from '../past-moment.ts';
import { renderAudit, renderAuditCsv } from '../render/audit.ts';
import { paintFor } from '../render/page.ts';
import { reportFilter } from '../runs/report-filter.ts';
import { parseRunName, type TypedRun } from '../runs/run-name.ts';
import { examples } from './named-service.ts';
import { chosenKinds, withKindOptions } from './run-command.ts';

interface AuditOptions extends KindFilter {
  service?: string;
  environment?: string;
  since?: number;
  until?: number;
  by?: string;
  json?: boolean;
  csv?: boolean;
}

export function createAuditCommand(kinds: readonly AnyKind[]): Command {
  return withKindOptions(new Command('audit'), kinds)
    .summary('who did what, when and why, to export')
    .description(
      'List, oldest first, who started, decided and ended what, from the ledger: rollouts, and runs of ' +
        'every other kind, that have closed, with all that people said to them, and what was done about alerts. ' +
        'docs/security.md lists the fields.',
    )
    .addOption(
      new Option('-s, --service <name>', 'of this one: NAME, ENVIRONMENT/NAME, or a workflow ID'),
    )
    .addOption(new Option('-e, --environment <name>', 'in this one'))
    .addOption(new Option('--since <when>', 'not before').argParser(parseMoment))
    .addOption(new Option('--until <when>', 'not after').argParser(parseMoment))
    .addOption(new Option('--by <name>', 'by this one alone, written as in the list'))
    .addOption(new Option('--json', 'one JSON document a line'))
    .addOption(new Option('--csv', 'as CSV, for a spreadsheet').conflicts('json'))
    .addHelpText(
      'after',
      examples(
        'belay audit --since 7d',
        'belay audit -s demo/shop --by ana@laptop',
        'belay audit --since 2026-01-01 --until 2026-04-01 --csv > first-quarter.csv',
        'belay audit --json | jq \'select(.action == "approve")\'',
      ),
    )
    .action((options: AuditOptions) => audit(options, kinds));
}

function audit({ json, csv, ...options }: AuditOptions, kinds: readonly AnyKind[]): Promise<void> {
  const { kind, family } = options;
  const only = { ...(kind !== undefined && { kind }), ...(family !== undefined && { family }) };
  chosenKinds(kinds, only);
  const named = namedIn(options, kinds);
  const filter = filterOf(options, named);
  const asked = reportFilter(named, only, kinds);
  const since = filter.sinceMs === undefined ? {} : { sinceMs: filter.sinceMs };
  return withConnections(async ({ ledger, alerts }) => {
    const responses = concernsAlerts(asked) ? await alerts.list() : [];
    const trail = auditTrail(await ledger.list({ ...asked, ...since }), responses, filter);
    if (csv) process.stdout.write(renderAuditCsv(trail));
    else if (json) trail.forEach(printJsonLine);
    else print(renderAudit(trail, { paint: paintFor(process.stdout, process.env) }));
  });
}

function namedIn(
  { service, environment }: AuditOptions,
  kinds: readonly AnyKind[],
): Partial<TypedRun> {
  if (service !== undefined) return parseRunName(service, { environment, kinds });
  return { ...(environment !== undefined && { environment }) };
}

function filterOf({ since, until, by }: AuditOptions, named: Partial<TypedRun>): AuditFilter {
  return {
    ...(named.name !== undefined && { service: named.name }),
    ...(named.environment !== undefined && { environment: named.environment }),
    ...(since !== undefined && { sinceMs: since }),
    ...(until !== undefined && { untilMs: until }),
    ...(by !== undefined && { by }),
  };
}

/** Alerts are about rollouts, and of none of their kinds. */
function concernsAlerts({ kinds, family = rolloutFamily }: LedgerFilter): boolean {
  return kinds === undefined && family === rolloutFamily;
}

const rolloutFamily = 'rollouts';
