import { Command, InvalidArgumentError, Option } from 'commander';
import { createFileAlertLedger } from '../../adapters/ledger/file-alert-ledger.ts';
import { homeLayout } from '../../config/home.ts';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import { auditTrail, type AuditFilter } from '../../policies/rollouts/audit/audit-trail.ts';
import { parseDuration } from '../../specs/kernel/duration.ts';
import { withConnections } from '../connections.ts';
import { print, printJsonLine, remark } from '../output.ts';
import { renderAudit, renderAuditCsv } from '../render/audit.ts';
import { paintFor } from '../render/page.ts';
import { parseServiceName } from '../service-name.ts';
import { examples } from './named-service.ts';

interface AuditOptions {
  service?: string;
  environment?: string;
  since?: number;
  until?: number;
  by?: string;
  json?: boolean;
  csv?: boolean;
}

export function createAuditCommand(): Command {
  return new Command('audit')
    .summary('who did what, when and why, to export')
    .description(
      'List, oldest first, who started, decided and ended what, from the ledger: rollouts that have ' +
        'closed, with all that people said to them, and what was done about alerts. ' +
        'docs/security.md lists the fields.',
    )
    .addOption(new Option('-s, --service <name>', 'of this one: SERVICE, or ENVIRONMENT/SERVICE'))
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
    .action(audit);
}

function audit({ json, csv, ...options }: AuditOptions): Promise<void> {
  const filter = filterOf(options);
  const named = {
    ...(filter.service !== undefined && { service: filter.service }),
    ...(filter.environment !== undefined && { environment: filter.environment }),
  };
  return withConnections(async ({ ledger, config }) => {
    const alerts = createFileAlertLedger({
      folder: homeLayout(config.home).alertLedger,
      onDamaged: ({ file, problem }) => {
        remark(`Left out a damaged entry of the ledger: ${file} (${problem})`);
      },
    });
    const trail = auditTrail(await listReports(ledger, named), await alerts.list(), filter);
    if (csv) process.stdout.write(renderAuditCsv(trail));
    else if (json) trail.forEach(printJsonLine);
    else print(renderAudit(trail, { paint: paintFor(process.stdout, process.env) }));
  });
}

function filterOf({ service, environment, since, until, by }: AuditOptions): AuditFilter {
  const named =
    service === undefined
      ? { ...(environment !== undefined && { environment }) }
      : parseServiceName(service, environment);
  return {
    ...named,
    ...(since !== undefined && { sinceMs: since }),
    ...(until !== undefined && { untilMs: until }),
    ...(by !== undefined && { by }),
  };
}

function parseMoment(text: string): number {
  const ago = parseDuration(text);
  const atMs = ago === undefined ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(atMs)) return atMs;
  throw new InvalidArgumentError(
    'Write how long ago, like 24h, or a time, like 2026-01-31T12:00:00Z.',
  );
}
