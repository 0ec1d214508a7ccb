import { Command, Option } from 'commander';
import type { CatalogueEntry } from '../../contracts/backups/catalogue.ts';
import type { RepositoryOverview } from '../../policies/backups/overview.ts';
import type { SetDecision } from '../../policies/backups/retention/plan-retention.ts';
import { utcMoment } from '../../render/kernel/moment.ts';
import { examples } from '../commands/named-service.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import type { LazyRunRegistry } from '../registry.ts';
import { renderBackupGaps } from '../render/backup-gaps.ts';
import { renderBackupList } from '../render/backup-list.ts';
import { renderBackupSet } from '../render/backup-set.ts';
import { pageFor } from '../render/page.ts';
import { readOverviews, type AskedOverviews, type PlanOverview } from './read-overviews.ts';

interface CatalogueOptions extends AskedOverviews {
  gone?: boolean;
  json?: boolean;
}

/** The commands that show what is known of the sets of all plans. */
export function createCatalogueCommands(registry: LazyRunRegistry): Command[] {
  return [
    asking(
      new Command('list')
        .argument('[plan]', 'NAME or ENVIRONMENT/NAME (default: all)')
        .summary('the sets that there are, and why each is kept')
        .description(
          'List what is known of every set: when it was made, its size, whether its content was ' +
            'verified, where it was replicated to, which drill has proven it and how long that took, ' +
            'why it is kept and when it goes. It needs the ledger alone, no agent.',
        )
        .addOption(new Option('--gone', 'also sets that expired or are missing')),
      ['belay backup list', 'belay backup list prod/shop --component database'],
    ).action((plan: string | undefined, options: CatalogueOptions) =>
      showOverviews({ ...options, plan }, registry, renderBackupList),
    ),
    asking(
      new Command('show')
        .argument('<set>', 'its label, or how that begins')
        .argument('[plan]', 'NAME or ENVIRONMENT/NAME (default: all)')
        .summary('all that is known of one set')
        .description('Show all that is known of one set, with every reason why it is kept.'),
      ['belay backup show 20261129-020000F'],
    ).action((label: string, plan: string | undefined, options: CatalogueOptions) =>
      showSet(label, { ...options, plan }, registry),
    ),
    asking(
      new Command('gaps')
        .argument('[plan]', 'NAME or ENVIRONMENT/NAME (default: all)')
        .summary('to what moments one can go back, and to which not')
        .description(
          'Show to what moments each component can be restored from each repository, every gap with ' +
            'its reason, and the sets that cannot be restored.',
        ),
      ['belay backup gaps prod/shop'],
    ).action((plan: string | undefined, options: CatalogueOptions) =>
      showOverviews({ ...options, plan }, registry, renderBackupGaps),
    ),
  ];
}

function asking(command: Command, lines: readonly string[]): Command {
  return command
    .addOption(new Option('-e, --environment <name>', 'only plans of this environment'))
    .addOption(new Option('--component <name>', 'only this component'))
    .addOption(new Option('--repository <name>', 'only this repository'))
    .addOption(
      new Option(
        '-f, --file <spec>',
        'the plan, for its retention (default: that of the last run about it)',
      ),
    )
    .addOption(new Option('--json', 'print all of it as JSON'))
    .addHelpText('after', examples(...lines));
}

type Render = (
  plans: readonly PlanOverview[],
  page: ReturnType<typeof pageFor>,
  withGone: boolean,
) => string;

function showOverviews(
  { json, gone, ...asked }: CatalogueOptions,
  registry: LazyRunRegistry,
  render: Render,
): Promise<void> {
  return withConnections(async (to) => {
    const plans = await readOverviews(asked, registry, to);
    if (json) printJson(plans.map((plan) => asJson(plan, gone === true)));
    else print(render(plans, pageFor(process.stdout, process.env), gone === true));
  });
}

function showSet(
  label: string,
  { json, ...asked }: CatalogueOptions,
  registry: LazyRunRegistry,
): Promise<void> {
  return withConnections(async (to) => {
    const plans = await readOverviews(asked, registry, to);
    const overviews = plans.flatMap(({ repositories }) => repositories);
    const found = findSets(label, overviews);
    const page = pageFor(process.stdout, process.env);
    if (json) printJson(found.map(({ decision }) => setAsJson(decision)));
    else {
      print(
        found
          .map(({ overview, decision }) => renderBackupSet(overview, decision, page))
          .join('\n\n'),
      );
    }
  });
}

/** The one of this label, else all whose labels begin so: one label may be in several repositories. */
function findSets(label: string, overviews: readonly RepositoryOverview[]) {
  const all = overviews.flatMap((overview) =>
    overview.sets.map((decision) => ({ overview, decision })),
  );
  const exact = all.filter(({ decision }) => decision.judged.set.label === label);
  if (exact.length > 0) return exact;
  const gone = overviews.flatMap((one) => one.gone).find(({ set }) => set.label === label);
  if (gone) throw new CliFailure(exitCodes.badInput, `${label} ${describeEnd(gone)}`);
  const alike = all.filter(({ decision }) => decision.judged.set.label.startsWith(label));
  if (alike.length > 0) return alike;
  throw new CliFailure(
    exitCodes.badInput,
    `No set "${label}" is known. See those there are with: belay backup list`,
  );
}

function describeEnd({ expired, missing, set }: CatalogueEntry): string {
  if (expired !== undefined) {
    return `expired at ${utcMoment(expired.atMs)}: ${expired.why}`;
  }
  const atMs = missing?.atMs ?? set.stoppedAtMs;
  return `is missing since ${utcMoment(atMs)}: nobody of ours has expired it`;
}

function asJson({ repositories, ...plan }: PlanOverview, withGone: boolean) {
  return {
    ...plan,
    repositories: repositories.map(({ sets, gone, ...overview }) => ({
      ...overview,
      sets: sets.map(setAsJson),
      ...(withGone && { gone }),
    })),
  };
}

function setAsJson({ judged, ...decision }: SetDecision) {
  const { set, entry, standing, why } = judged;
  const { component: _, environment: __, backup: ___, set: ____, ...facts } = entry ?? {};
  return { ...set, standing, ...(why !== '' && { why }), ...facts, ...decision };
}
