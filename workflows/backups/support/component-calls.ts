import { ActivityFailure, ApplicationFailure, type ActivityOptions } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { Component, PlanName } from '../../../src/contracts/backups/source.ts';
import type { StoreCall } from '../../../src/contracts/backups/store.ts';
import { createAgentCalls } from '../../kernel/agent-calls.ts';
import type { Fencing } from '../../kernel/fencing.ts';

/** Whose calls they are: of one component, to its own agent or to the one that restores it. */
export interface CallsAbout {
  plan: PlanName;
  component: Component;
  fencing: Pick<Fencing, 'next'>;
  agent: string;
}

interface ComponentCalls {
  /** What every call begins with. */
  about: StoreCall;
  /** For people. */
  what: string;
  options: Record<'reads' | 'long', ActivityOptions>;
  nextStep(): RunStep;
  answer<T>(act: Promise<T>): Promise<T>;
}

/** As Temporal's workers name it where they have no such activity. */
const notRegistered = 'NotFoundError';

export function createComponentCalls({
  plan: { environment, backup },
  component,
  fencing,
  agent,
}: CallsAbout): ComponentCalls {
  const calls = createAgentCalls(agent, fencing);
  const retry = { ...calls.options.long.retry, nonRetryableErrorTypes: [notRegistered] };
  return {
    about: { ...calls.call, plan: { environment, backup }, component },
    what: `${component.name} on ${agent}`,
    options: {
      reads: {
        ...calls.options.long,
        ...{ retry, startToCloseTimeout: '5 min', scheduleToCloseTimeout: '15 min' },
      },
      long: { ...calls.options.long, retry },
    },
    nextStep: calls.nextStep,
    answer: (act) => calls.answer(explainUnknown(agent, act)),
  };
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
