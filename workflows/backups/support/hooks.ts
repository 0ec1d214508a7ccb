import { ApplicationFailure, CancellationScope, CancelledFailure } from '@temporalio/workflow';
import type { CommandResult, RunStep } from '../../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { describeCommandEnd } from '../../../src/policies/backups/describe-command-end.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { FreezeHook, HookCommand } from '../../../src/specs/backups/hooks.ts';
import { createAgentActs } from '../../kernel/agent-acts.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { tryStep, type Tried } from './try-step.ts';

/** A freeze that is held by the agent until it is reverted, or its time is over. */
export interface Frozen {
  command: string;
  agent: string;
  lease: RunStep;
}

/** Runs a command of the allow-list; one that does not exit with 0 is a failure. */
export async function runHook<Spec>(
  run: BackupsRun<Spec>,
  hook: HookCommand,
): Promise<CommandResult> {
  const agent = agentOf(run, hook);
  const result = await createAgentActs(agent, run.fencing).runCommand(hook.command, hook.args);
  refuseUnlessDone(hook.command, agent, result);
  return result;
}

/** Without a hook nothing happens. */
export async function tryHook<Spec>(
  run: BackupsRun<Spec>,
  name: string,
  hook: HookCommand | undefined,
): Promise<Tried<void>> {
  if (hook === undefined) return { ok: true, value: undefined };
  return tryStep(run, `${name}: ${hook.command}`, async ({ prove }) => {
    const result = await runHook(run, hook);
    prove({ what: hook.command, source: agentOf(run, hook), value: describeCommandEnd(result) });
  });
}

/** The same, but a command that fails ends the run. */
export async function takeHook<Spec>(...given: Parameters<typeof tryHook<Spec>>): Promise<void> {
  const tried = await tryHook(...given);
  if (!tried.ok) {
    throw ApplicationFailure.nonRetryable(tried.reason, failureTypes.targetUnavailable);
  }
}

/** It is run whatever becomes of the sets. */
export function armAfter<Spec>(run: BackupsRun<Spec>, hook: HookCommand | undefined): void {
  if (hook !== undefined) run.undo.arm(nameOfAfter(hook), 'runHook', hook);
}

/** Once: a run that is asked to stop meanwhile waits for it. */
export async function runAfter<Spec>(
  run: BackupsRun<Spec>,
  hook: HookCommand | undefined,
): Promise<Tried<void>> {
  if (hook === undefined) return { ok: true, value: undefined };
  const tried = await CancellationScope.nonCancellable(() => tryHook(run, 'after', hook));
  run.undo.disarm(nameOfAfter(hook));
  stopIfAsked();
  return tried;
}

function nameOfAfter({ command }: HookCommand): string {
  return `run ${command}`;
}

function stopIfAsked(): void {
  if (!CancellationScope.current().consideredCancelled) return;
  throw new CancelledFailure('asked to stop while the source was given back');
}

/** Its undo is armed before it, and the host reverts it by itself when its time is over. */
export async function freeze<Spec>(
  run: BackupsRun<Spec>,
  hook: FreezeHook | undefined,
): Promise<Frozen | undefined> {
  if (hook === undefined) return undefined;
  const { command, args, forMs } = hook;
  const agent = agentOf(run, hook);
  return takeStep(run, `freeze: ${command}`, async ({ prove }) => {
    const acts = createAgentActs(agent, run.fencing);
    const lease = acts.nextStep();
    run.undo.arm(nameOfThaw(command, agent), 'revertFreeze', agent, lease);
    const { applied, apply } = await acts.applyLease(lease, command, forMs, args);
    if (!applied) throw notDone(command, agent, apply);
    prove({ what: command, source: agent, value: `held for at most ${formatDuration(forMs)}` });
    return { command, agent, lease };
  });
}

/** Whether the freeze was still held: sets that were made after its end are not of one moment. */
export async function thaw<Spec>(
  run: BackupsRun<Spec>,
  frozen: Frozen | undefined,
): Promise<boolean> {
  if (frozen === undefined) return true;
  const { command, agent } = frozen;
  const wasHeld = await CancellationScope.nonCancellable(() =>
    takeStep(run, `revert the freeze: ${command}`, async ({ prove }) => {
      const why = await revertFreeze(run, frozen);
      const isHeld = why === 'asked';
      const value = isHeld ? 'held until now' : `had ended by itself: ${why}`;
      prove({ what: 'freeze', source: agent, value, threshold: 'held until now' });
      return isHeld;
    }),
  );
  run.undo.disarm(nameOfThaw(command, agent));
  stopIfAsked();
  return wasHeld;
}

/** Why it ended. Fails where what it holds may be held still. */
export async function revertFreeze<Spec>(
  run: BackupsRun<Spec>,
  { agent, lease }: Omit<Frozen, 'command'>,
): Promise<string> {
  const { why, revert } = await createAgentActs(agent, run.fencing).revertLease(lease);
  if (revert !== undefined) {
    refuseUnlessDone('what it holds may be held still: the revert of the freeze', agent, revert);
  }
  return why;
}

function nameOfThaw(command: string, agent: string): string {
  return `revert ${command} on ${agent}`;
}

function agentOf<Spec>(run: BackupsRun<Spec>, { agent, command }: HookCommand): string {
  const [first] = run.plan.components;
  const found = agent ?? first?.agent;
  if (found === undefined) throw new Error(`nobody runs ${command}`);
  return found;
}

function refuseUnlessDone(command: string, agent: string, result: CommandResult): void {
  if (result.ending !== 'exited' || result.exitCode !== 0) throw notDone(command, agent, result);
}

function notDone(command: string, agent: string, result: CommandResult): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${command} on ${agent} ${describeCommandEnd(result)}`,
    failureTypes.targetUnavailable,
  );
}
