import type { BackupPlan } from '../../specs/backups/plan.ts';
import type { RetiredPlan } from '../../contracts/backups/catalogue.ts';
import type { PlanName } from '../../contracts/backups/source.ts';
import { judgeLateness, type Lateness } from '../../policies/backups/judge-lateness.ts';
import { overviewsOf, type RepositoryOverview } from '../../policies/backups/overview.ts';
import { retirementOf } from '../../policies/backups/retirement.ts';
import { carriedPlan } from '../../specs/backups/carried-plan.ts';
import { expectationsOf } from '../../specs/backups/expectations.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { LazyRunRegistry } from '../registry.ts';
import { backupPlan } from './backup-plan.ts';

/** What a person wants to see of the catalogue. */
export interface AskedOverviews {
  /** NAME or ENVIRONMENT/NAME. */
  plan?: string | undefined;
  environment?: string;
  component?: string;
  repository?: string;
  file?: string;
}

/** Of one plan: each repository of each component, and what is late. */
export interface PlanOverview extends PlanName {
  repositories: readonly RepositoryOverview[];
  /** Empty where the plan is not known or retired: nothing is expected then. */
  late: readonly Lateness[];
  retired?: RetiredPlan;
}

interface KnownPlan {
  name: PlanName;
  plan: BackupPlan | undefined;
  retired: RetiredPlan | undefined;
}

/** From the ledger alone, so that it also answers where every agent is down. */
export async function readOverviews(
  asked: AskedOverviews,
  registry: LazyRunRegistry,
  { catalogue, ledger }: Pick<Connections, 'catalogue' | 'ledger'>,
): Promise<PlanOverview[]> {
  const given = asked.file === undefined ? undefined : await planOf(asked.file, registry);
  const filter = { ...nameOf(asked, given), ...only(asked, 'component') };
  const [stored, known, retired] = await Promise.all([
    catalogue.list({ ...filter, gone: true }),
    catalogue.listRepositories(filter),
    catalogue.listRetired(),
  ]);
  const entries = stored.map(({ entry }) => entry);
  const plans = new Map<string, KnownPlan>();
  for (const { environment, backup } of [...(given ? [given] : []), ...known, ...entries]) {
    const name = { environment, backup };
    const key = keyOf(name);
    if (plans.has(key)) continue;
    const newestRun = await lastRun(name, ledger);
    const retirement = retirementOf(name, { retired, entries, newestRun });
    plans.set(key, { name, plan: given ?? carriedPlan(newestRun?.spec), retired: retirement });
  }
  const nowMs = Date.now();
  const overviews = overviewsOf({
    ...{ entries, known, nowMs },
    retentionOf: (plan) => plans.get(keyOf(plan))?.plan?.retention,
  }).filter(({ repository }) => asked.repository === undefined || asked.repository === repository);
  return [...plans].map(([key, { name, plan, retired: retirement }]): PlanOverview => {
    const repositories = overviews.filter((one) => keyOf(one) === key);
    if (retirement !== undefined) return { ...name, repositories, late: [], retired: retirement };
    const late = plan ? judgeLateness(repositories, expectationsOf(plan, nowMs), nowMs) : [];
    return { ...name, repositories, late: late.filter((one) => isAsked(one, asked)) };
  });
}

function isAsked({ component, repository }: Lateness, asked: AskedOverviews): boolean {
  if (asked.component !== undefined && asked.component !== component) return false;
  return asked.repository === undefined || [undefined, asked.repository].includes(repository);
}

async function planOf(file: string, registry: LazyRunRegistry): Promise<BackupPlan> {
  const [{ readGivenPlan }, { readText }, loaded] = await Promise.all([
    import('../plans/given-plan.ts'),
    import('../commands/spec-file.ts'),
    registry.load(),
  ]);
  const text = await readText(file);
  const given = readGivenPlan({ text, file }, { of: backupPlan, kind: 'backup' }, {}, loaded);
  return given.spec as BackupPlan;
}

function nameOf({ plan, environment }: AskedOverviews, given?: PlanName): Partial<PlanName> {
  if (given !== undefined) return { environment: given.environment, backup: given.backup };
  if (plan === undefined) return environment === undefined ? {} : { environment };
  const [backup = '', within = environment, ...more] = plan.split('/').toReversed();
  if (more.length > 0 || (environment !== undefined && within !== environment)) {
    throw new CliFailure(
      exitCodes.badInput,
      `"${plan}" names no plan: write NAME or ENVIRONMENT/NAME, as in its spec.`,
    );
  }
  return { backup, ...(within !== undefined && { environment: within }) };
}

function only<Key extends keyof AskedOverviews>(asked: AskedOverviews, key: Key) {
  return asked[key] === undefined ? {} : { [key]: asked[key] };
}

function keyOf({ environment, backup }: PlanName): string {
  return `${environment}/${backup}`;
}

/** Whatever its kind: each carries the whole plan. */
async function lastRun({ environment, backup }: PlanName, ledger: Connections['ledger']) {
  const about = { families: ['backups'], environment, name: backup };
  const [newest] = await ledger.list({ ...about, limit: 1 });
  return newest;
}
