import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { DrillDetails } from '../../../src/contracts/backups/details.ts';
import { copyName, type AssertionResult } from '../../../src/contracts/backups/store.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { assertionsOf } from '../../../src/policies/backups/assertions-of.ts';
import { hasLog, judgeObjectives } from '../../../src/policies/backups/judge-drill.ts';
import { factsOf } from '../../../src/policies/backups/set-facts.ts';
import type { RestoreDrillSpec } from '../../../src/specs/backups/drill.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { BackupsRun } from './backups-run.ts';
import type { PlannedDrill } from './plan-drill.ts';
import { proveCopy } from './prove-copy.ts';
import { removeCopy } from './remove-copy.ts';
import { restoreCopy } from './restore-copy.ts';

type DrillRun = BackupsRun<RestoreDrillSpec>;

/** Restores, proves and removes a copy, and measures each. What cannot be restored is an answer, too. */
export async function rehearse(run: DrillRun, planned: PlannedDrill): Promise<DrillDetails> {
  const { restore, set, rpoMs } = planned;
  const { store, target, repository, label } = restore;
  const details: DrillDetails = {
    ...{ component: store.component.name, agent: store.agent, repository, label, target },
    ...{ bytes: set.bytes, assertions: [], restoreMs: 0, assertMs: 0, rtoMs: 0 },
    ...(rpoMs !== undefined && { rpoMs }),
  };
  run.found.drill = details;
  const act = store.nextStep();
  try {
    await measure(run, { ...planned, restore: { ...restore, act } }, details);
  } catch (error) {
    const seen = answerIn(error);
    run.stopSteps('failed');
    const name = `restore of ${label}`;
    details.assertions.push({ name, passed: false, seen, expected: 'a copy that can be used' });
  }
  await removeCopy(run, store, copyName(act));
  return details;
}

async function measure(
  run: DrillRun,
  { restore, marks }: PlannedDrill,
  details: DrillDetails,
): Promise<void> {
  const { store, target } = restore;
  const { drill, plan } = run.spec ?? {};
  if (drill === undefined || plan === undefined) throw new Error('the spec was not read');
  const startedAtMs = Date.now();
  const { copy } = await restoreCopy(run, restore);
  details.restoreMs = Date.now() - startedAtMs;
  const { source } = store.component;
  const asked = assertionsOf(source, drill.assertions, { marks, target, nowMs: startedAtMs });
  const proof = await proveCopy(run, { store, copy, asked, forMs: drill.keepForMs });
  details.assertMs = proof.assertMs;
  if (proof.recoverMs !== undefined) details.recoverMs = proof.recoverMs;
  // Until it could be used, and was proven: the server of the copy is ended after that.
  details.rtoMs = details.restoreMs + (proof.recoverMs ?? 0) + proof.assertMs;
  const objectives = judgeObjectives(details, plan.objectives, source);
  if (plan.objectives.rpoMs !== undefined && !hasLog(source)) {
    run.note(`The RPO of ${details.component} is not measured: it has no log between its sets`);
  }
  details.assertions.push(...answersOf(proof.results), ...objectives);
}

/** A copy that was asked nothing proves nothing. */
function answersOf(results: readonly AssertionResult[]): readonly AssertionResult[] {
  if (results.length > 0) return results;
  const expected = 'an assertion of the drill: a query, roles, sequences, structure or checksums';
  return [{ name: 'content', passed: false, seen: 'nothing was asked of the copy', expected }];
}

/** An agent that is not there, or that lost track, says nothing about a backup. */
const noAnswers: readonly (string | null | undefined)[] = [
  failureTypes.agentAbsent,
  failureTypes.agentUnavailable,
  failureTypes.agentContract,
  failureTypes.agentActLost,
];

/** Why something that was tried cannot be; other failures are thrown again. */
export function answerIn(error: unknown): string {
  if (isCancellation(error)) throw error;
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || noAnswers.includes(cause.type)) throw error;
  return reasonOf(error);
}

export function recordProof(
  run: DrillRun,
  { set, restore: { store } }: PlannedDrill,
  { rtoMs, rpoMs, bytes }: DrillDetails,
): void {
  const proven = {
    ...{ atMs: Date.now(), runRef: run.id, tookMs: rtoMs, bytes },
    ...(rpoMs !== undefined && { lostMs: rpoMs }),
  };
  const about = { plan: run.plan, component: store.component, set };
  run.facts.add(factsOf(about, run.id, { kind: 'proven', proven }));
}
