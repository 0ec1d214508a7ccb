import { Command, Option } from 'commander';
import type { CampaignDetails } from '../../contracts/chaos/campaign-details.ts';
import type { ExperimentDetails } from '../../contracts/chaos/details.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { chaosKinds } from '../../kinds/chaos.ts';
import type { AnyKind } from '../../kinds/kind.ts';
import { percent } from '../../render/chaos/percent.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { print, printJson } from '../output.ts';
import { formatAge, pageFor } from '../render/page.ts';
import { renderTable } from '../render/table.ts';
import { newestVerdicts } from './newest-verdicts.ts';

/** The newest run of each experiment and of each campaign, as the ledger has them. */
export function createListCommand(): Command {
  return new Command('list')
    .summary('list experiments and campaigns with their last verdict')
    .description(
      'List the experiments that were run, how each ended, and how soon it recovered; then the campaigns. ' +
        'Previews are left out.',
    )
    .addOption(new Option('--json', 'print it as JSON'))
    .addHelpText('after', examples('belay chaos list'))
    .action(async ({ json }: { json?: boolean }) => {
      await withConnections(async (to) => {
        const { chaosExperiment, chaosCampaign } = chaosKinds;
        const newestOf = (kind: AnyKind) => newestVerdicts(to.ledger, kind);
        const experiments = (await newestOf(chaosExperiment)) as RunReport<ExperimentDetails>[];
        const campaigns = (await newestOf(chaosCampaign)) as RunReport<CampaignDetails>[];
        const listed = [
          ...experiments.map(summariseExperiment),
          ...campaigns.map(summariseCampaign),
        ];
        if (json) printJson(listed);
        else print(listed.length === 0 ? 'No experiment was run yet.' : render(listed));
      });
    });
}

function summarise({ kind, subject, outcome, reason, endedAtMs, runRef }: RunReport) {
  const { environment, name } = subject;
  return { kind, environment, name, runRef, outcome, reason, endedAtMs };
}

function summariseExperiment(report: RunReport<ExperimentDetails>) {
  const { fault, targets, candidates, recoveredAfterMs } = report.details;
  return {
    ...{ ...summarise(report), experiment: report.subject.name },
    ...{ hit: targets.length, candidates },
    ...(fault !== undefined && { fault: fault.type }),
    ...(recoveredAfterMs !== undefined && { recoveredAfterMs }),
  };
}

function summariseCampaign(report: RunReport<CampaignDetails>) {
  const { planned, rows, score } = report.details;
  return {
    ...{ ...summarise(report), campaign: report.subject.name },
    ...{ planned, run: rows.length, score },
  };
}

type Listed = ReturnType<typeof summariseExperiment> | ReturnType<typeof summariseCampaign>;

function render(listed: readonly Listed[]): string {
  const { paint } = pageFor(process.stdout, process.env);
  const nowMs = Date.now();
  const table = (titles: readonly string[], rows: readonly string[][]) =>
    rows.length === 0
      ? []
      : [renderTable([titles.map((title) => paint.dim(title)), ...rows], { indent: 0 }).join('\n')];
  const named = ({ environment, name }: Listed) => paint.bold(`${environment}/${name}`);
  const experiments = listed.flatMap((each) =>
    'campaign' in each
      ? []
      : [
          [
            ...[named(each), each.fault ?? '', `${each.hit} of ${each.candidates}`, each.outcome],
            each.recoveredAfterMs === undefined
              ? ''
              : `after ${formatDuration(each.recoveredAfterMs)}`,
            formatAge(each.endedAtMs, { nowMs }),
          ],
        ],
  );
  const campaigns = listed.flatMap((each) =>
    'campaign' in each
      ? [
          [
            ...[named(each), `${each.run} of ${each.planned}`, each.outcome],
            ...[percent(each.score.passed), percent(each.score.unknown)],
            formatAge(each.endedAtMs, { nowMs }),
          ],
        ]
      : [],
  );
  return [
    ...table(['EXPERIMENT', 'FAULT', 'HIT', 'VERDICT', 'RECOVERED', 'ENDED'], experiments),
    ...table(['CAMPAIGN', 'RUN', 'VERDICT', 'PASSED', 'UNKNOWN', 'ENDED'], campaigns),
  ].join('\n\n');
}
