import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { RestoreTarget } from '../../../src/contracts/backups/store.ts';
import { chooseSet } from '../../../src/policies/backups/choose-set.ts';
import { describeLastRestore } from '../../../src/policies/backups/describe-loss.ts';
import { judgePlaceFacts } from '../../../src/policies/backups/judge-in-place.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { describeSet } from '../../../src/render/backups/describe-set.ts';
import type { PointInTimeSpec } from '../../../src/specs/backups/point-in-time.ts';
import { joinReasons } from '../../../src/render/backups/join-reasons.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { refuseExport } from './export-since.ts';
import { refusePause } from './pause-clients.ts';
import type { RestorePlan } from './restore-copy.ts';
import type { PointInTimeRun } from './searched-copy.ts';

export interface PlannedSearch {
  restore: RestorePlan;
  /** Whether the server runs as a primary, and its log can be ended. */
  isUp: boolean;
}

/** Chooses the set that the search begins at; fails with every reason where there can be none. */
export async function planPointInTime(
  run: PointInTimeRun,
  spec: PointInTimeSpec,
  { component, repositories }: Part,
): Promise<PlannedSearch> {
  return takeStep(run, 'choose the set to search from', async ({ prove }) => {
    const store = run.store(component);
    const { judged, entries, unread } = await judgeRepositories(run, store, repositories);
    const choice = chooseSet({
      ...{ repositories: judged, target: beginningOf(spec), nowMs: Date.now() },
      ...(spec.set !== undefined && { label: spec.set }),
    });
    const source = await examine(run, spec, { component, repositories });
    const needed = choice.ok ? choice.chosen.judged.set.bytes : 0;
    const place = spec.then === 'swap' ? await refusePlace(run, component, needed) : [];
    const exported = await refuseExport(run, spec, { component, isUp: source.isUp });
    const problems = [
      ...(choice.ok ? [] : [choice.problem, ...unread.map(({ why }) => why)]),
      ...source.problems,
      ...place,
      ...exported,
    ];
    if (!choice.ok || problems.length > 0) {
      throw ApplicationFailure.nonRetryable(joinReasons(problems), failureTypes.targetRefused);
    }
    unread.forEach(({ why }) => {
      run.note(why);
    });
    const { repository, judged: chosen, wal } = choice.chosen;
    const { label, bytes } = chosen.set;
    if (wal === undefined) throw refusal(`${repository} has no log of ${label}`);
    prove({ what: component.name, source: repository, value: describeSet(chosen.set) });
    prove({ what: 'log', source: repository, value: `from ${wal.first} to ${wal.last}` });
    const took = describeLastRestore(entries ?? []);
    prove({ what: 'time', source: 'catalogue', value: took });
    const { keepForMs } = spec.plan.restore;
    const target: RestoreTarget = { kind: 'set' };
    return { restore: { store, repository, label, target, bytes, keepForMs }, isUp: source.isUp };
  });
}

/** The newest set of before a time at which all was well, or at which it was bad already. */
function beginningOf({ goodAtMs, badAtMs, set }: PointInTimeSpec): RestoreTarget {
  const atMs = goodAtMs ?? badAtMs;
  return atMs === undefined || set !== undefined ? { kind: 'set' } : { kind: 'time', atMs };
}

async function examine(
  run: PointInTimeRun,
  { stopWrites, pause }: PointInTimeSpec,
  { component }: Part,
): Promise<{ isUp: boolean; problems: string[] }> {
  const facts = await tryOr(run, 'the server was not examined', () =>
    run.store(component).examine(),
  );
  const database = facts?.database;
  if (database?.role === 'standby') {
    return { isUp: false, problems: [`${component.agent} has a standby: name the primary`] };
  }
  const isUp = database?.running === true;
  if (stopWrites === 'none') return { isUp, problems: [] };
  if (!isUp) {
    const why = 'its server does not run, so that its writes need not, and cannot, be stopped';
    return { isUp, problems: [why] };
  }
  if (stopWrites === 'pause' && pause !== undefined) {
    return { isUp, problems: await refusalOr(() => refusePause(run, pause, facts?.identity)) };
  }
  if (database.managedBy === undefined) return { isUp, problems: [] };
  const { managedBy, manager = 'Patroni' } = database;
  const managed = `${manager} is in charge of it (${managedBy}), and may let another member lead, which would take writes: stop the writes yourself, and leave stopWrites out`;
  return { isUp, problems: [managed] };
}

async function refusePlace(
  run: PointInTimeRun,
  component: Part['component'],
  bytes: number,
): Promise<string[]> {
  return refusalOr(async () => {
    const facts = await run.place(component).examine(bytes, true);
    return judgePlaceFacts(facts, { stop: true });
  });
}

/** What cannot be asked is a reason, too. */
async function refusalOr(ask: () => Promise<string[]>): Promise<string[]> {
  try {
    return await ask();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return [reasonOf(error)];
  }
}

async function tryOr<T>(
  run: PointInTimeRun,
  what: string,
  act: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error)) throw error;
    run.note(`${what}: ${reasonOf(error)}`);
    return undefined;
  }
}

function refusal(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(why, failureTypes.targetRefused);
}
