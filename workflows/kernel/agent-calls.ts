import {
  ActivityCancellationType,
  ActivityFailure,
  ApplicationFailure,
  TimeoutFailure,
  type ActivityOptions,
} from '@temporalio/workflow';
import {
  agentContract,
  agentTaskQueue,
  type AgentCall,
  type RunStep,
} from '../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { Fencing } from './fencing.ts';

/** An agent that is there takes an act up at once: it has slots for many. */
const usuallyAbsentAfterMs = 30_000;

/** As Temporal's workers name it where they have no such activity. */
const notRegistered = 'NotFoundError';

export interface AgentPatience {
  /** From an agent's death until its act is given to the agent that was started in its place. */
  heartbeatMs: number;
  /** All attempts of a short act together, and of a revert. */
  budgetMs: number;
  /** An agent that has not taken an act up after this is absent. */
  absentAfterMs?: number;
}

const usual: AgentPatience = { heartbeatMs: 30_000, budgetMs: 300_000 };

/** How a run calls one agent, whatever it asks of it. */
export interface AgentCalls {
  /** What every call begins with. */
  call: AgentCall;
  /** Of acts that take no time, of questions, of acts that take as long as they take, and of undos. */
  options: Record<'short' | 'probes' | 'long' | 'reverts', ActivityOptions>;
  /** The next step of the run: each act is one. */
  nextStep(): RunStep;
  /** An absent agent is an AgentAbsent failure within 30 s. */
  answer<T>(act: Promise<T>): Promise<T>;
}

export function createAgentCalls(
  agent: string,
  fencing: Pick<Fencing, 'next'>,
  { heartbeatMs, budgetMs, absentAfterMs = usuallyAbsentAfterMs }: AgentPatience = usual,
): AgentCalls {
  const common = {
    taskQueue: agentTaskQueue(agent),
    scheduleToStartTimeout: absentAfterMs,
    retry: {
      initialInterval: 500,
      maximumInterval: 10_000,
      nonRetryableErrorTypes: [notRegistered],
    },
  };
  const attended = {
    heartbeatTimeout: heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  };
  return {
    call: { contract: agentContract, agent },
    options: {
      short: { ...common, startToCloseTimeout: '30 s', scheduleToCloseTimeout: budgetMs },
      // It may take minutes, and whoever asked is not to wait so long for an agent that has died.
      probes: {
        ...common,
        heartbeatTimeout: heartbeatMs,
        startToCloseTimeout: '6 min',
        scheduleToCloseTimeout: budgetMs,
      },
      // How long a command may take is in the agent's settings, and the agent sees to it.
      long: {
        ...common,
        ...attended,
        startToCloseTimeout: '8 days',
        scheduleToCloseTimeout: '8 days',
      },
      reverts: {
        ...common,
        ...attended,
        startToCloseTimeout: budgetMs,
        scheduleToCloseTimeout: budgetMs,
      },
    },
    nextStep: () => {
      const { rolloutId: runRef, step } = fencing.next();
      return { runRef, step };
    },
    answer: (act) => orAbsent(agent, explainUnknown(agent, act), absentAfterMs),
  };
}

async function orAbsent<T>(agent: string, act: Promise<T>, absentAfterMs: number): Promise<T> {
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
      // Without its cause, so that whoever asks for the root of it finds this message.
    });
  }
}

/** An agent of an earlier version has no such activities. */
async function explainUnknown<T>(agent: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof ApplicationFailure) || cause.type !== notRegistered) throw error;
    throw ApplicationFailure.nonRetryable(
      `agent ${agent} knows nothing of this: upgrade it, then see \`belay agents\``,
      failureTypes.agentContract,
    );
  }
}
