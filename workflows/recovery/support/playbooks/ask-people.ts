import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import type { StepResult } from '../../../../src/policies/recovery/playbooks/known-values.ts';
import type { PlannedStep } from '../../../../src/policies/recovery/playbooks/plan.ts';
import {
  fillForPeople,
  type Known,
} from '../../../../src/policies/recovery/playbooks/resolve-values.ts';
import type { Doing } from '../../../../src/specs/recovery/playbook-step.ts';
import { awaitApproval } from '../../../kernel/await-approval.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import type { PlaybookRun } from './playbook-run.ts';
import { StepFailure } from './step-failure.ts';

type Approval = Extract<Doing, { kind: 'approval' }>;

/** Waits until as many different people have approved as the step asks for. */
export async function askPeople<Spec>(
  run: PlaybookRun<Spec>,
  { step, does, known }: { step: PlannedStep; does: Approval; known: Known },
  { prove }: OpenStep,
): Promise<StepResult> {
  const asked = fillForPeople(does.message, known);
  const { need, timeoutMs } = does;
  const untilMs = timeoutMs === undefined ? undefined : Date.now() + timeoutMs;
  const approved: string[] = [];
  while (approved.length < need) {
    const left = does.by.filter((name) => !approved.some((each) => isSame(name, each)));
    const count = need === 1 ? '' : ` (${approved.length + 1} of ${need})`;
    const { by, isByTimeout } = await ask(run, does, {
      what: { awaited: `of ${step.title}${count}: ${asked}`, missed: step.title },
      by: left,
      untilMs,
    });
    if (approved.some((each) => isSame(each, by))) {
      run.note(`${by} approved ${step.title} already; another person has to`);
      continue;
    }
    approved.push(by);
    prove({ what: 'approval', source: by, value: asked });
    if (isByTimeout) break;
  }
  return { state: 'done', outputs: { by: approved.join(', ') } };
}

async function ask<Spec>(
  run: PlaybookRun<Spec>,
  { onTimeout }: Approval,
  {
    what,
    by,
    untilMs,
  }: { what: { awaited: string; missed: string }; by: string[]; untilMs: number | undefined },
): Promise<{ by: string; isByTimeout: boolean }> {
  const limit =
    untilMs === undefined
      ? {}
      : { limit: { timeoutMs: Math.max(1, untilMs - Date.now()), onTimeout: 'abort' as const } };
  try {
    return { by: await awaitApproval(run, { what, by, ...limit }), isByTimeout: false };
  } catch (error) {
    if (!(error instanceof ApplicationFailure) || error.type !== failureTypes.notApproved)
      throw error;
    if (onTimeout === 'approve') {
      return { by: `the approval's timeout: ${error.message}`, isByTimeout: true };
    }
    throw new StepFailure(error.message, onTimeout === 'abort' ? 'undo' : 'hold');
  }
}

/** One person may write the name with or without a domain. */
function isSame(one: string, other: string): boolean {
  return one.split('@')[0] === other.split('@')[0];
}
