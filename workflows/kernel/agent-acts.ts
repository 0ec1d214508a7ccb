import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';
import {
  agentContract,
  agentTaskQueue,
  type AgentActivities,
  type ArgumentValues,
  type RunStep,
} from '../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { Fencing } from './fencing.ts';

/** An agent that is there takes an act up at once: it has slots for many. */
const absentAfterMs = 30_000;

export interface AgentPatience {
  /** From an agent's death until its act is given to the agent that was started in its place. */
  heartbeatMs: number;
  /** All attempts of a short act together, and of a revert. */
  budgetMs: number;
}

const usual: AgentPatience = { heartbeatMs: 30_000, budgetMs: 300_000 };

/**
 * Everything a run does by one agent, each act with the next step of the run. An absent agent is an
 * AgentAbsent failure within 30 s. Results are values: look at `ending` and `exitCode`.
 */
export function createAgentActs(
  agent: string,
  fencing: Pick<Fencing, 'next'>,
  { heartbeatMs, budgetMs }: AgentPatience = usual,
) {
  const common = {
    taskQueue: agentTaskQueue(agent),
    scheduleToStartTimeout: absentAfterMs,
    retry: { initialInterval: 500, maximumInterval: 10_000 },
  };
  const brief = {
    ...common,
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: budgetMs,
  } as const;
  const short = proxyActivities<AgentActivities>(brief);
  const attended = {
    heartbeatTimeout: heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  // How long a command may take is in the agent's settings, and the agent sees to it.
  const long = proxyActivities<AgentActivities>({
    ...common,
    ...attended,
    startToCloseTimeout: '8 days',
    scheduleToCloseTimeout: '8 days',
  });
  const reverts = proxyActivities<AgentActivities>({
    ...common,
    ...attended,
    startToCloseTimeout: budgetMs,
    scheduleToCloseTimeout: budgetMs,
  });
  const call = { contract: agentContract, agent };
  const nextStep = (): RunStep => {
    const { rolloutId: runRef, step } = fencing.next();
    return { runRef, step };
  };
  const answer = <T>(act: Promise<T>) => orAbsent(agent, act);

  return {
    describe: () =>
      answer(short.describeAgent.executeWithOptions({ summary: `what ${agent} can do` }, [call])),

    runCommand: (command: string, args: ArgumentValues = {}) =>
      answer(
        long.runCommand.executeWithOptions({ summary: `${command} on ${agent}` }, [
          { ...call, act: nextStep(), command, args },
        ]),
      ),

    /** A step for a lease, so that its undo can be armed before it is applied. */
    nextStep,

    applyLease: (lease: RunStep, command: string, forMs: number, args: ArgumentValues = {}) =>
      answer(
        long.applyLease.executeWithOptions(
          { summary: `${command} on ${agent} for ${formatDuration(forMs)}` },
          [{ ...call, act: lease, command, args, forMs }],
        ),
      ),

    extendLease: (lease: RunStep, forMs: number) =>
      answer(
        short.extendLease.executeWithOptions(
          { summary: `${formatDuration(forMs)} more on ${agent}` },
          [{ ...call, lease, forMs }],
        ),
      ),

    revertLease: (lease: RunStep) =>
      answer(
        reverts.revertLease.executeWithOptions({ summary: `revert on ${agent}` }, [
          { ...call, lease },
        ]),
      ),

    runProbe: (probe: string) =>
      answer(
        short.runProbe.executeWithOptions(
          { summary: `probe ${probe} on ${agent}`, startToCloseTimeout: '6 min' },
          [{ ...call, probe }],
        ),
      ),
  };
}

async function orAbsent<T>(agent: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const isAbsent =
      error instanceof ActivityFailure &&
      error.cause instanceof TimeoutFailure &&
      error.cause.timeoutType === 'SCHEDULE_TO_START';
    if (!isAbsent) throw error;
    throw ApplicationFailure.create({
      message:
        `agent ${agent} did not take ${error.activityType} up within ${formatDuration(absentAfterMs)}. ` +
        `Start it on its host with \`belay agent\`, and see \`belay agents\`: it needs the same ` +
        `Temporal namespace, and the name ${agent}. If it had begun, the act goes on on the host ` +
        'until its own time is over, and leases are reverted there',
      type: failureTypes.agentAbsent,
      nonRetryable: true,
      details: [{ agent }],
      cause: error,
    });
  }
}
