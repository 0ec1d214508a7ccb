import { isCancellation, sleep } from '@temporalio/workflow';
import type { FaultSeen } from '../../../src/contracts/chaos/host-faults.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import { callTarget, witnessOf } from '../../../src/policies/chaos/call-target.ts';
import { firstLeaseFor } from '../../../src/policies/chaos/lease-plan.ts';
import { seenWithinMs } from '../../../src/policies/chaos/seen-within.ts';
import type { ChaosExperimentSpec } from '../../../src/specs/chaos/experiment.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { ExperimentRun } from './experiment-run.ts';
import type { InjectedFault, Progress } from './progress.ts';

const pollMs = 500;

/**
 * Injects the fault into each target, one after the other, its removal armed before, and has it seen by
 * a probe that knows nothing of the injection. The first that fails ends that: nothing is made worse
 * where the experiment is over anyway. Returns whether every fault was seen.
 */
export async function injectFaults(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  { targets, progress }: { targets: readonly ResolvedTarget[]; progress: Progress },
): Promise<boolean> {
  const { type } = spec.fault;
  const others = targets.length - 1;
  for (const target of targets) {
    const called = callTarget(target);
    const isSeen = await takeStep(run, `inject ${type} on ${called}`, async ({ prove }) => {
      const fault = await inject(run, spec, { target, progress, others });
      if (typeof fault === 'string') {
        progress.notInjected.push(`${called}: ${fault}`);
        return false;
      }
      const seen = await untilEffective(run, spec, fault);
      prove({ what: 'seen', source: witnessOf(target), value: seen.detail });
      if (!seen.isEffective) progress.ineffective.push(`${called}: ${seen.detail}`);
      return seen.isEffective;
    });
    if (!isSeen) return false;
  }
  return true;
}

/** Why it was not injected is an answer; it may be there all the same, and is removed. */
async function inject(
  run: ExperimentRun,
  { fault, durationMs }: ChaosExperimentSpec,
  { target, progress, others }: { target: ResolvedTarget; progress: Progress; others: number },
): Promise<InjectedFault | string> {
  const lease = run.nextLease();
  const injected = { target, lease };
  run.undo.armBeside(removing(injected), 'removeFault', target, fault, lease);
  progress.injected.push(injected);
  run.found.injectedAtMs ??= Date.now();
  try {
    const times = { durationMs, forMs: firstLeaseFor(durationMs, others) };
    return (await run.actsOn(target).inject(lease, fault, times)) ?? injected;
  } catch (error) {
    if (isCancellation(error)) throw error;
    run.note(`Injecting on ${callTarget(target)} failed: ${reasonOf(error)}`);
    return reasonOf(error);
  }
}

/** The name of its undo. */
export function removing({ target, lease }: InjectedFault): string {
  return `remove the fault on ${callTarget(target)} (${lease.step})`;
}

async function untilEffective(
  run: ExperimentRun,
  spec: ChaosExperimentSpec,
  fault: InjectedFault,
): Promise<FaultSeen> {
  const deadlineMs = Date.now() + seenWithinMs;
  for (;;) {
    const seen = await lookFor(run, spec, fault);
    if (seen.isEffective || Date.now() >= deadlineMs) return seen;
    await sleep(pollMs, { summary: 'until a probe sees the fault' });
  }
}

/** What can be seen of a fault; whoever cannot be asked shows nothing. */
export async function lookFor(
  run: ExperimentRun,
  { fault }: Pick<ChaosExperimentSpec, 'fault'>,
  { target, lease }: InjectedFault,
): Promise<FaultSeen & { isUnknown?: true }> {
  try {
    const seen = await run.actsOn(target).observe(lease, fault);
    if (seen.disturbed !== undefined) run.found.disturbed = seen.disturbed;
    return seen;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const detail = reasonOf(error);
    const unknown = { isEffective: false, isThere: true, isTargetRunning: false } as const;
    return { ...unknown, isUnknown: true, detail };
  }
}
