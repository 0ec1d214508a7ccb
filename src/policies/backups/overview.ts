import type { RepositoryContents } from '../../contracts/backups/backup-set.ts';
import type { CatalogueEntry, KnownRepository } from '../../contracts/backups/catalogue.ts';
import type { Component, PlanName } from '../../contracts/backups/source.ts';
import type { RetentionSpec } from '../../specs/backups/retention.ts';
import { judgeEach, type JudgedRepository } from './judge-sets.ts';
import { recoveryWindows, type RecoveryRange } from './recovery-windows.ts';
import { planRetention, type SetDecision } from './retention/plan-retention.ts';

/** What is known of one component in one repository, without asking anybody. */
export interface RepositoryOverview extends PlanName {
  component: Component;
  repository: string;
  /** Absent: the repository was never read. */
  readAtMs?: number;
  problems: readonly string[];
  freeBytes?: number;
  /** Oldest first: what the retention says of them, also where nothing is expired. */
  sets: readonly SetDecision[];
  recovery: RecoveryRange;
  /** Sets that expired, or are missing. */
  gone: readonly CatalogueEntry[];
}

export interface OverviewQuestion {
  entries: readonly CatalogueEntry[];
  known: readonly KnownRepository[];
  /** Of a plan; undefined: every set of it is kept. */
  retentionOf: (plan: PlanName) => RetentionSpec | undefined;
  nowMs: number;
}

/** One for each repository of each component, as the catalogue knows them. */
export function overviewsOf(question: OverviewQuestion): RepositoryOverview[] {
  const components = groupedByComponent(question);
  return components.flatMap((one) => overviewsOfComponent(one, question));
}

interface KnownComponent extends PlanName {
  component: Component;
  entries: CatalogueEntry[];
  known: KnownRepository[];
}

function groupedByComponent({ entries, known }: OverviewQuestion): KnownComponent[] {
  const groups = new Map<string, KnownComponent>();
  const groupOf = ({ environment, backup, component }: PlanName & { component: Component }) => {
    const key = JSON.stringify([environment, backup, component.name]);
    const group = groups.get(key) ?? { environment, backup, component, entries: [], known: [] };
    groups.set(key, group);
    return group;
  };
  for (const one of known) groupOf(one).known.push(one);
  for (const one of entries) groupOf(one).entries.push(one);
  return [...groups.values()];
}

function overviewsOfComponent(
  { environment, backup, component, entries, known }: KnownComponent,
  { retentionOf, nowMs }: OverviewQuestion,
): RepositoryOverview[] {
  const present = entries.filter((entry) => !isGone(entry));
  const contents = contentsKnown(present, known);
  const retention = retentionOf({ environment, backup });
  const all = judgeEach({ contents, entries: present, nowMs });
  return [...all].map(([own, judged]): RepositoryOverview => {
    const { repository } = own;
    const isRead = known.some((one) => one.contents.repository === repository);
    return {
      ...{ environment, backup, component, repository, problems: own.problems },
      ...(isRead && { readAtMs: own.readAtMs }),
      ...(own.freeBytes !== undefined && { freeBytes: own.freeBytes }),
      sets: retention
        ? planRetention({
            ...{ component, repository, retention, contents, entries: present, nowMs },
            judged: all,
          }).decisions
        : keepAll(judged),
      recovery: recoveryWindows(judged),
      gone: entries.filter((entry) => isGone(entry) && entry.set.repository === repository),
    };
  });
}

function isGone({ expired, missing }: CatalogueEntry): boolean {
  return expired !== undefined || missing !== undefined;
}

/** As the repositories were when they were read last, with what was made since. */
function contentsKnown(
  present: readonly CatalogueEntry[],
  known: readonly KnownRepository[],
): RepositoryContents[] {
  const names = new Set([
    ...known.map(({ contents }) => contents.repository),
    ...present.map(({ set }) => set.repository),
  ]);
  return [...names].sort().map((repository) => {
    const read = known.find(({ contents }) => contents.repository === repository)?.contents;
    const own = present.flatMap(({ set }) => (set.repository === repository ? [set] : []));
    const empty = { repository, readAtMs: 0, sets: [], foreign: [], problems: [] };
    const { sets, ...rest } = read ?? empty;
    return { ...rest, sets: [...sets, ...own] };
  });
}

function keepAll({ sets }: JudgedRepository): SetDecision[] {
  return sets.map((judged) => ({
    judged,
    action: 'keep',
    reasons: [{ text: judged.why === '' ? 'the plan has no retention' : judged.why }],
  }));
}
