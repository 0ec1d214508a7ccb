import { Command, InvalidArgumentError, Option } from 'commander';
import { weeksBetween } from '../../adapters/calendar/weeks-between.ts';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { deliveriesOf } from '../../policies/rollouts/dora/delivery-of.ts';
import { renderDeliveryHtml } from '../../render/rollouts/html/render-delivery-html.ts';
import { zone as zoneSchema } from '../../specs/kernel/zone.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { parseMoment } from '../past-moment.ts';
import { renderDeliveries } from '../render/delivery.ts';
import { paintFor } from '../render/page.ts';
import { parseRunName, type TypedRun } from '../runs/run-name.ts';
import { writeHtml } from '../write-html.ts';
import { environmentOption, examples } from './named-service.ts';

interface DoraOptions {
  environment?: string;
  since: number;
  until?: number;
  zone: string;
  html?: string;
  json?: boolean;
}

const quarterMs = 90 * 86_400_000;

export function createDoraCommand(kinds: readonly AnyKind[]): Command {
  return new Command('dora')
    .argument('[service]', 'SERVICE or ENVIRONMENT/SERVICE (default: all, each by itself)')
    .summary('how well services are delivered: the five metrics of DORA')
    .description(
      'Change lead time, deployment frequency, change fail rate, failed deployment recovery time and ' +
        'rework rate of each service, week by week, from the ledger. A deployment is a release that had ' +
        'all traffic; one that was taken back before that was caught early, and is counted apart. Lead ' +
        'times need the commits of a release in its spec. docs/delivery.md says how each is counted.',
    )
    .addOption(environmentOption())
    .addOption(
      new Option('--since <when>', 'from the week of this moment on')
        .argParser(parseMoment)
        .default(Date.now() - quarterMs, '90d'),
    )
    .addOption(
      new Option('--until <when>', 'until this moment (default: now)').argParser(parseMoment),
    )
    .addOption(
      new Option('--zone <name>', 'where weeks begin on Monday')
        .argParser(parseZone)
        .default('UTC'),
    )
    .addOption(new Option('--html <file>', 'write it as HTML; - for standard output'))
    .addOption(new Option('--json', 'print it as JSON').conflicts('html'))
    .addHelpText(
      'after',
      examples(
        'belay dora',
        'belay dora shop -e prod --since 180d --zone Europe/Berlin',
        'belay dora -e prod --html delivery.html',
        "belay dora --json | jq -r '.services[] | [.service, .changeFailRate.share] | @tsv'",
      ),
    )
    .action((typed: string | undefined, options: DoraOptions) =>
      showDelivery(typed, options, kinds),
    );
}

async function showDelivery(
  typed: string | undefined,
  { environment, since, until, zone, html, json }: DoraOptions,
  kinds: readonly AnyKind[],
): Promise<void> {
  const nowMs = Date.now();
  const untilMs = Math.min(until ?? nowMs, nowMs);
  if (since >= untilMs) {
    throw new CliFailure(exitCodes.badInput, '--since: write a moment in the past, before --until');
  }
  const weeks = weeksBetween(since, untilMs, zone);
  const named: Partial<TypedRun> =
    typed === undefined
      ? { ...(environment !== undefined && { environment }) }
      : parseRunName(typed, { environment, kinds });
  await withConnections(async ({ ledger }) => {
    const reports = await listReports(ledger, {
      ...(named.name !== undefined && { service: named.name }),
      ...(named.environment !== undefined && { environment: named.environment }),
      ...(weeks[0] !== undefined && { sinceMs: weeks[0].fromMs }),
    });
    const services = deliveriesOf(reports, { weeks, untilMs });
    const from = weeks[0]?.monday ?? '';
    const period = { from, to: dayIn(zone, untilMs), zone };
    if (json) printJson({ ...period, services });
    else if (html !== undefined) await writeHtml(renderDeliveryHtml(services, period, nowMs), html);
    else
      print(renderDeliveries(services, period, { paint: paintFor(process.stdout, process.env) }));
  });
}

/** `2026-11-30`, which is how Sweden writes it. */
function dayIn(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(atMs);
}

function parseZone(text: string): string {
  const { success, error } = zoneSchema.safeParse(text);
  if (success) return text;
  throw new InvalidArgumentError(error.issues.map(({ message }) => message).join('; '));
}
