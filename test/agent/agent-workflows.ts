/** Workflows that only tests have: they do what a test asks for, by the acts that runs use. */
import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import {
  agentTaskQueue,
  type AgentActivities,
  type ArgumentValues,
  type RunStep,
} from '../../src/contracts/kernel/agent.ts';
import { createAgentActs } from '../../workflows/kernel/agent-acts.ts';
import { Fencing } from '../../workflows/kernel/fencing.ts';

export type Asked =
  | { run: string; args?: ArgumentValues }
  | { apply: string; forMs: number; args?: ArgumentValues }
  /** Of the lease applied last. */
  | { extend: number }
  | { revert: true }
  /** Reverts a lease whose apply comes afterwards. */
  | { revertBefore: string }
  | { probe: string }
  | { describe: true }
  | { waitMs: number };

/** Does one after the other, and returns the answers. */
export async function actOnAgent(
  agent: string,
  asked: Asked[],
  heartbeatMs: number,
): Promise<unknown[]> {
  const acts = createAgentActs(agent, new Fencing(workflowInfo().workflowId), {
    heartbeatMs,
    budgetMs: 60_000,
  });
  const answers: unknown[] = [];
  let lease: RunStep | undefined;
  for (const one of asked) {
    if ('run' in one) answers.push(await acts.runCommand(one.run, one.args));
    if ('apply' in one) {
      lease = acts.nextStep();
      answers.push(await acts.applyLease(lease, one.apply, one.forMs, one.args));
    }
    if ('extend' in one && lease) answers.push(await acts.extendLease(lease, one.extend));
    if ('revert' in one && lease) answers.push(await acts.revertLease(lease));
    if ('revertBefore' in one) {
      lease = acts.nextStep();
      answers.push(await acts.revertLease(lease));
      answers.push(await acts.applyLease(lease, one.revertBefore, 5_000));
    }
    if ('probe' in one) answers.push(await acts.runProbe(one.probe));
    if ('describe' in one) answers.push(await acts.describe());
    if ('waitMs' in one) await sleep(one.waitMs);
  }
  return answers;
}

/** The same act under steps that the test chooses, by the contract that it chooses. */
export async function callAgent(
  agent: string,
  calls: { contract: number; act: RunStep; command: string; args?: ArgumentValues }[],
): Promise<unknown[]> {
  const { runCommand } = proxyActivities<AgentActivities>({
    taskQueue: agentTaskQueue(agent),
    startToCloseTimeout: '30 s',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
  const answers: unknown[] = [];
  for (const call of calls) {
    try {
      answers.push(await runCommand({ ...call, agent }));
    } catch (error) {
      if (isCancellation(error)) throw error;
      const { cause } = error as { cause?: { type?: string; message?: string } };
      answers.push({ type: cause?.type, message: cause?.message });
    }
  }
  return answers;
}
