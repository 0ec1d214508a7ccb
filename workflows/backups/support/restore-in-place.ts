import { shortLabel } from '../../../src/render/backups/short-label.ts';
import { ApplicationFailure } from '@temporalio/workflow';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { RestoreInto } from '../../../src/contracts/backups/store.ts';
import { safetyCopyAct } from '../../../src/contracts/backups/safety-copy.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { assertionsOf } from '../../../src/policies/backups/assertions-of.ts';
import { factsOf } from '../../../src/policies/backups/set-facts.ts';
import { describePlace } from '../../../src/render/backups/describe-place.ts';
import { describeSet } from '../../../src/render/backups/describe-set.ts';
import type { RestoreSpec } from '../../../src/specs/backups/restore.ts';
import { awaitApproval } from '../../kernel/await-approval.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { planRestore } from './plan-restore.ts';
import type { RestorePlan } from './restore-copy.ts';
import { restoreDatabaseInPlace, type Replaced } from './restore-database-in-place.ts';
import type { StoreActs } from './store-acts.ts';
import { tryStep } from './try-step.ts';

type RestoreRun = BackupsRun<RestoreSpec>;

export async function approveRestore(
  run: RestoreRun,
  plans: readonly RestorePlan[],
  { intoNamespaces }: RestoreSpec,
): Promise<void> {
  const what = plans
    .map(({ store, label }) => `${store.component.name} from ${shortLabel(label)}`)
    .join(', ');
  const where = describePlace(intoNamespaces);
  const by = await awaitApproval(run, {
    what: { awaited: `of the restore ${where}: ${what}`, missed: `the restore ${where}` },
    by: run.plan.restore.approvers,
  });
  run.note(`The restore ${where} was approved by ${by}`);
}

/** An approval may take days: what was approved has to be what would be chosen now. */
export async function requireSameChoice(
  run: RestoreRun,
  spec: RestoreSpec,
  approved: readonly RestorePlan[],
): Promise<void> {
  const now = await planRestore(run, spec, 'choose again, now that it is approved');
  const changed = approved.flatMap(({ store, repository, label }) => {
    const { name } = store.component;
    const chosen = now.find((one) => one.store.component.name === name);
    if (chosen?.label === label && chosen.repository === repository) return [];
    const instead = chosen && `${shortLabel(chosen.label)} of ${chosen.repository}`;
    const was = `${shortLabel(label)} of ${repository}`;
    return [`${name}: ${was} was approved, and ${instead ?? 'nothing'} would be restored now`];
  });
  if (changed.length === 0) return;
  throw ApplicationFailure.nonRetryable(
    `nothing in place was touched: ${changed.join('; ')}. Start the restore again`,
    failureTypes.targetRefused,
  );
}

/**
 * Keeps what is there first, as a set or, of a database, as a folder; the undo of the restore is to
 * put that back.
 */
export async function restoreInPlace(
  run: RestoreRun,
  plan: RestorePlan,
  spec: RestoreSpec,
): Promise<Replaced | undefined> {
  const { component } = plan.store;
  if (component.source.kind === 'postgres') return restoreDatabaseInPlace(run, plan, spec);
  if (Object.keys(spec.intoNamespaces).length > 0) await restoreIntoNamespaces(run, plan, spec);
  else await restoreOver(run, plan, spec);
  return undefined;
}

async function restoreOver(
  run: RestoreRun,
  { store, repository, label, target }: RestorePlan,
  { safetyCopy }: RestoreSpec,
): Promise<void> {
  const { component } = store;
  if (safetyCopy) {
    const kept = await keepAsItIs(run, store, repository);
    run.undo.arm(
      `put ${shortLabel(kept.label)} back in place`,
      'putBack',
      ...([component, repository, kept.label] as const),
    );
  }
  await restoreInto(run, { store, repository, label, target }, { kind: 'place' });
}

/** What is there is not kept: an object that is there already is changed to what the set has. */
async function restoreIntoNamespaces(
  run: RestoreRun,
  plan: RestorePlan,
  { intoNamespaces: map }: RestoreSpec,
): Promise<void> {
  await restoreInto(run, plan, { kind: 'namespaces', map, drill: false });
}

async function restoreInto(
  run: RestoreRun,
  { store, repository, label, target }: Omit<RestorePlan, 'bytes' | 'keepForMs'>,
  into: RestoreInto,
): Promise<void> {
  const { name } = store.component;
  const where = describePlace(into.kind === 'namespaces' ? into.map : {});
  await takeStep(run, `restore ${name} ${where}`, async ({ prove }) => {
    const act = store.nextStep();
    const restored = await store.restoreSet({ act, repository, label, target, into, keepForMs: 0 });
    prove({ what: restored.folder, source: repository, value: shortLabel(label) });
    for (const remark of restored.remarks ?? []) {
      prove({ what: 'compared with the set', source: store.agent, value: remark });
      run.note(`${name}: ${remark}`);
    }
  });
}

/** Before anything in place is touched. */
async function keepAsItIs(
  run: RestoreRun,
  store: StoreActs,
  repository: string,
): Promise<BackupSet> {
  const { name } = store.component;
  const tried = await tryStep(run, `keep ${name} as it is`, async ({ prove }) => {
    const set = await store.makeSet(repository, 'full', safetyCopyAct(store.nextStep()));
    prove({ what: 'safety copy', source: repository, value: describeSet(set) });
    run.facts.add(factsOf({ plan: run.plan, component: store.component, set }, run.id));
    return set;
  });
  if (tried.ok) return tried.value;
  throw ApplicationFailure.nonRetryable(
    `there is no safety copy of ${name}, so nothing in place was touched: ${tried.reason}. ` +
      'Without one (safetyCopy: false) what is there now cannot be put back',
    failureTypes.targetUnavailable,
  );
}

/** What a copy has to answer before it is relied on. */
export function askedOf(run: RestoreRun, { store, target }: RestorePlan) {
  const { drill } = run.plan;
  const marks = { present: [], absent: [] };
  const none = { sql: [], roles: [], structure: true, checksums: true, sequences: true };
  const asked = drill?.assertions ?? none;
  return assertionsOf(store.component.source, asked, { marks, target, nowMs: Date.now() });
}

/** Every answer of a copy that is not the one expected ends the restore. */
export function requirePassed(results: readonly { name: string; passed: boolean; seen: string }[]) {
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const why = failed.map(({ name, seen }) => `${name}: ${seen}`).join('; ');
  throw ApplicationFailure.nonRetryable(
    `what was restored is not what it should be: ${why}`,
    failureTypes.notReady,
  );
}
