import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { BackupSet } from '../../../src/contracts/backups/backup-set.ts';
import type { RestoreTarget, SourceFacts } from '../../../src/contracts/backups/store.ts';
import type { Marks } from '../../../src/policies/backups/assertions-of.ts';
import { chooseDrillTarget } from '../../../src/policies/backups/choose-drill.ts';
import { chooseSet } from '../../../src/policies/backups/choose-set.ts';
import { exposureOf } from '../../../src/policies/backups/exposure-of.ts';
import { marksOfSet } from '../../../src/policies/backups/marks-of-set.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { describeSet, describeTarget } from '../../../src/render/backups/describe-set.ts';
import type { RestoreDrillSpec } from '../../../src/specs/backups/drill.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { judgeRepositories, type Unread } from './judge-repositories.ts';
import { markDrill, type DrillMarks } from './mark-drill.ts';
import type { RestorePlan } from './restore-copy.ts';

type DrillRun = BackupsRun<RestoreDrillSpec>;

export interface PlannedDrill {
  restore: RestorePlan;
  set: BackupSet;
  marks: Marks;
  /** What a disaster would have lost when the drill began; absent: it was not measured. */
  rpoMs?: number;
}

/** Marks the source where that can be done, then chooses the moment and the set to restore. */
export async function planDrill(
  run: DrillRun,
  { component, repositories }: Part,
  spec: RestoreDrillSpec,
): Promise<PlannedDrill> {
  const [repository = ''] = repositories;
  const facts = await examineOrNote(run, component);
  const source = run.store(component);
  const marked = await markDrill(run, source, { facts, repository });
  return takeStep(run, `choose the set of ${component.name} and the moment`, async ({ prove }) => {
    const store = run.store(component, spec.drill.agent);
    const { judged, unread } = await judgeRepositories(run, store, [repository]);
    const [only] = judged;
    if (only === undefined) throw errorOf(unread);
    const random = chooseDrillTarget(only, Math.random, marked?.before.committedAtMs);
    const nowTarget: RestoreTarget =
      marked === undefined ? { kind: 'latest' } : { kind: 'time', atMs: betweenMarks(marked) };
    const target = spec.to ?? (random.target === 'now' ? nowTarget : random.target);
    const label = spec.set ?? (spec.to === undefined ? random.label : undefined);
    const choice = chooseSet({
      ...{ repositories: judged, target, nowMs: Date.now() },
      ...(label !== undefined && { label }),
    });
    if (!choice.ok) throw refusal(choice.problem);
    const { set } = choice.chosen.judged;
    const value = `${describeSet(set)}, up to ${describeTarget(target)}`;
    prove({ what: component.name, source: repository, value });
    const isNow = target === nowTarget && marked !== undefined;
    return {
      restore: {
        ...{ store, repository, label: set.label, target, bytes: set.bytes },
        keepForMs: spec.drill.keepForMs,
      },
      set,
      marks: {
        present: [
          ...(facts === undefined ? [] : marksOfSet(set, component.name, facts)),
          ...(isNow ? [marked.before.nonce] : []),
          // Both are in the repository by now: a copy that lacks one has not reached the newest state.
          ...(target.kind === 'latest' && marked ? [marked.before.nonce, marked.after.nonce] : []),
        ],
        absent: marked === undefined || target.kind !== 'time' ? [] : [marked.after.nonce],
      },
      ...withExposure(marked?.exposedMs ?? exposureOf(only, Date.now())),
    };
  });
}

function withExposure(rpoMs: number | undefined): Pick<PlannedDrill, 'rpoMs'> {
  return rpoMs === undefined ? {} : { rpoMs };
}

async function examineOrNote(
  run: DrillRun,
  component: Part['component'],
): Promise<SourceFacts | undefined> {
  try {
    return await run.store(component).examine();
  } catch (error) {
    if (isCancellation(error)) throw error;
    run.note(`${component.name} has no marks: ${reasonOf(error)}`);
    return undefined;
  }
}

/** As it was: whether an agent is absent is another matter than what a repository has. */
function errorOf([first]: readonly Unread[]): Error {
  return first?.error instanceof Error ? first.error : refusal(first?.why ?? 'nothing was read');
}

function refusal(why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(why, failureTypes.targetRefused);
}

/**
 * As far from both as can be: a row is stamped before its commit, whose time the log has, and the end of
 * the log is known in whole seconds.
 */
function betweenMarks({ before, after }: DrillMarks): number {
  return Math.floor((before.committedAtMs + after.committedAtMs) / 2);
}
