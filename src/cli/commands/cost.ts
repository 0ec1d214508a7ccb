import { Command, InvalidArgumentError, Option } from 'commander';
import { listReports } from '../../contracts/rollouts/list-reports.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { costsOf, type Prices } from '../../policies/rollouts/cost/costs-of.ts';
import { utcDate } from '../../render/kernel/moment.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { parseMoment } from '../past-moment.ts';
import { renderCosts } from '../render/cost.ts';
import { pageFor } from '../render/page.ts';
import { parseRunName, type TypedRun } from '../runs/run-name.ts';
import { environmentOption, examples } from './named-service.ts';

interface CostOptions {
  environment?: string;
  since: number;
  until?: number;
  price: Prices;
  json?: boolean;
}

const monthMs = 30 * 86_400_000;

export function createCostCommand(kinds: readonly AnyKind[]): Command {
  return new Command('cost')
    .argument('[service]', 'SERVICE or ENVIRONMENT/SERVICE (default: all)')
    .summary('how many replica-hours rollouts took beyond those of stable')
    .description(
      'Show the replica-hours that each rollout took beyond those of stable, from the ledger: replicas ' +
        'beside it count from when they are asked for until they are removed. Those of a rolling update ' +
        'are unknown, and so are those of rollouts before this version. docs/delivery.md says more.',
    )
    .addOption(environmentOption())
    .addOption(
      new Option('--since <when>', 'rollouts that ended at this moment or later')
        .argParser(parseMoment)
        .default(Date.now() - monthMs, '30d'),
    )
    .addOption(
      new Option('--until <when>', 'before this moment (default: now)').argParser(parseMoment),
    )
    .addOption(
      new Option(
        '--price <[service=]amount...>',
        'what a replica-hour costs, of all services or of one',
      )
        .argParser(parsePrice)
        .default({ services: {} }, 'no price'),
    )
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText(
      'after',
      examples('belay cost', 'belay cost prod/shop --since 90d --price 0.04 prod/search=0.31'),
    )
    .action((typed: string | undefined, options: CostOptions) => showCost(typed, options, kinds));
}

async function showCost(
  typed: string | undefined,
  { environment, since, until, price, json }: CostOptions,
  kinds: readonly AnyKind[],
): Promise<void> {
  const nowMs = Date.now();
  const period = { fromMs: since, untilMs: Math.min(until ?? nowMs, nowMs) };
  if (period.fromMs >= period.untilMs) {
    throw new CliFailure(exitCodes.badInput, '--since: write a moment in the past, before --until');
  }
  const named: Partial<TypedRun> =
    typed === undefined
      ? { ...(environment !== undefined && { environment }) }
      : parseRunName(typed, { environment, kinds });
  await withConnections(async ({ ledger }) => {
    const reports = await listReports(ledger, {
      ...(named.name !== undefined && { service: named.name }),
      ...(named.environment !== undefined && { environment: named.environment }),
      sinceMs: period.fromMs,
    });
    const services = costsOf(reports, period, price);
    const words = `From ${utcDate(period.fromMs)} until ${utcDate(period.untilMs)}, UTC`;
    if (json) printJson({ ...period, services });
    else print(renderCosts(services, words, pageFor(process.stdout, process.env)));
  });
}

function parsePrice(text: string, before: Prices): Prices {
  const [, service, amount = ''] = /^(?:([^=\s]+)=)?(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (amount === '') {
    throw new InvalidArgumentError(
      'Write an amount such as 0.04, or prod/shop=0.04 for one service. The service to show comes before --price.',
    );
  }
  if (service === undefined) return { ...before, usual: Number(amount) };
  return { ...before, services: { ...before.services, [service]: Number(amount) } };
}
