import { shortLabel } from '../../../src/render/backups/short-label.ts';
import type { CatalogueFact } from '../../../src/contracts/backups/catalogue.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { describeRetention, expirable } from '../../../src/policies/backups/plan-expiry.ts';
import {
  planRetention,
  type RetentionPlan,
} from '../../../src/policies/backups/retention/plan-retention.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { named } from '../../../src/policies/backups/set-facts.ts';
import { formatBytes } from '../../../src/render/backups/bytes.ts';
import type { RetentionSpec } from '../../../src/specs/backups/retention.ts';
import type { BackupRetentionSpec } from '../../../src/specs/backups/retention-run.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { tryStep } from './try-step.ts';

type RetentionRun = BackupsRun<BackupRetentionSpec>;

/** What is kept and what expires in the repositories of one component. */
export interface PlannedPart {
  expiries: PlannedExpiry[];
  /** What could not be read: nothing expires by what is not known. */
  troubles: string[];
}

/** What is kept and what expires in one repository of one component. */
export interface PlannedExpiry {
  component: Component;
  plan: RetentionPlan;
}

/** Reads every repository of a component, and plans each that the run is about. */
export async function planPart(
  run: RetentionRun,
  { component, repositories }: Part,
  retention: RetentionSpec,
): Promise<PlannedPart> {
  return takeStep(run, `decide what of ${component.name} expires`, async ({ prove }) => {
    const all = [...new Set([...component.repositories, ...repositories])];
    const known = await judgeRepositories(run, run.store(component), all);
    const nowMs = Date.now();
    const expiries = repositories.map((repository) => {
      const { contents, entries } = known;
      const plan = planRetention({ component, repository, retention, contents, entries, nowMs });
      return { component, plan };
    });
    for (const { plan } of expiries) {
      const described = describeRetention(component.name, plan);
      run.found.retention = [...(run.found.retention ?? []), ...described];
      const leaving = described.filter(({ fate }) => fate === 'expires').length;
      const value = `${described.length - leaving} kept, ${leaving} to expire`;
      prove({ what: component.name, source: plan.repository, value });
    }
    const unknown = `the catalogue of ${component.name} was not read, so nothing of it expires`;
    const troubles = known.unread.map(({ why }) => why);
    return { expiries, troubles: known.entries === undefined ? [unknown, ...troubles] : troubles };
  });
}

/** Copies to cold storage what belongs there, then expires the rest, and returns what went wrong. */
export async function expirePlanned(
  run: RetentionRun,
  { component, plan }: PlannedExpiry,
): Promise<string[]> {
  const troubles = await copyToCold(run, { component, plan });
  const labels = expirable(plan, new Set(troubles.keys())).map(({ label }) => label);
  const { repository } = plan;
  if (labels.length === 0) return [...troubles.values()];
  const tried = await tryStep(run, `expire in ${repository}`, async ({ prove }) => {
    const { gone, freedBytes } = await run.store(component).expireSets(repository, labels);
    const freed = freedBytes === undefined ? '' : `, ${formatBytes(freedBytes)} freed`;
    const value = `${gone.length} of ${labels.length} sets are gone${freed}`;
    prove({ what: component.name, source: repository, value });
    return gone;
  });
  const gone = new Set(tried.ok ? tried.value : []);
  recordExpired(run, { component, plan }, gone);
  const left = labels.filter((label) => !gone.has(label));
  return [
    ...troubles.values(),
    ...(tried.ok ? [] : [`nothing expired in ${repository}: ${tried.reason}`]),
    ...(tried.ok && left.length > 0
      ? [`still in ${repository}: ${left.map(shortLabel).join(', ')}`]
      : []),
  ];
}

/** By label: why a set that belongs into cold storage is not there. */
async function copyToCold(
  run: RetentionRun,
  { component, plan: { repository, decisions } }: PlannedExpiry,
): Promise<Map<string, string>> {
  const troubles = new Map<string, string>();
  for (const { judged, copyTo } of decisions) {
    if (copyTo === undefined) continue;
    const { label } = judged.set;
    const tried = await tryStep(
      run,
      `copy ${shortLabel(label)} to ${copyTo}`,
      async ({ prove }) => {
        const copied = await run.store(component).copySet(repository, label, copyTo);
        prove({ what: copied.set.label, source: copyTo, value: copied.equal });
        return copied;
      },
    );
    if (!tried.ok)
      troubles.set(label, `${shortLabel(label)} was not copied to ${copyTo}: ${tried.reason}`);
  }
  return troubles;
}

function recordExpired(
  run: RetentionRun,
  { component, plan }: PlannedExpiry,
  gone: ReadonlySet<string>,
): void {
  const { repository } = plan;
  const seen = { atMs: Date.now(), runRef: run.id };
  const facts: CatalogueFact[] = [];
  for (const entry of run.found.retention ?? []) {
    const isOurs = entry.component === component.name && entry.repository === repository;
    if (!isOurs || entry.fate !== 'expires') continue;
    entry.fate = gone.has(entry.label) ? 'expired' : 'failed';
    if (entry.fate === 'failed') continue;
    const about = { plan: run.plan, component, repository, label: entry.label };
    facts.push({ ...named(about), kind: 'expired', expired: { ...seen, why: entry.why } });
  }
  run.facts.add(facts);
}
