import { Command, Option } from 'commander';
import type { ExperimentDetails } from '../../contracts/chaos/details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosFamily } from '../../kinds/chaos.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor } from '../render/page.ts';
import { renderTable } from '../render/table.ts';

/** The newest run of each experiment, as the ledger has them. */
export function createListCommand(): Command {
  return new Command('list')
    .summary('list experiments with their last verdict')
    .description('List the experiments that were run, how each ended, and how soon it recovered.')
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay chaos list'))
    .action(async ({ json }: { json?: boolean }) => {
      await withConnections(async (to) => {
        const reports = (await to.ledger.list({
          families: [chaosFamily],
          each: 1,
        })) as RunReport<ExperimentDetails>[];
        const listed = reports.map(summarise);
        if (json) printJson(listed);
        else print(listed.length === 0 ? 'No experiment was run yet.' : render(listed));
      });
    });
}

function summarise({
  subject,
  outcome,
  reason,
  endedAtMs,
  runRef,
  details,
}: RunReport<ExperimentDetails>) {
  const { fault, targets, candidates, recoveredAfterMs } = details;
  return {
    ...{ environment: subject.environment, experiment: subject.name, runRef },
    ...{ outcome, reason, endedAtMs, hit: targets.length, candidates },
    ...(fault !== undefined && { fault: fault.type }),
    ...(recoveredAfterMs !== undefined && { recoveredAfterMs }),
  };
}

function render(listed: readonly ReturnType<typeof summarise>[]): string {
  const { paint } = pageFor(process.stdout, process.env);
  const nowMs = Date.now();
  const titles = ['EXPERIMENT', 'FAULT', 'HIT', 'VERDICT', 'RECOVERED', 'ENDED'];
  const rows = listed.map((each) => [
    paint.bold(`${each.environment}/${each.experiment}`),
    each.fault ?? '',
    `${each.hit} of ${each.candidates}`,
    each.outcome,
    each.recoveredAfterMs === undefined ? '' : `after ${formatDuration(each.recoveredAfterMs)}`,
    formatAge(each.endedAtMs, { nowMs }),
  ]);
  return renderTable([titles.map((title) => paint.dim(title)), ...rows], { indent: 0 }).join('\n');
}
