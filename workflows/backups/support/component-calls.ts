import type { ActivityOptions } from '@temporalio/workflow';
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

export function createComponentCalls({
  plan: { environment, backup },
  component,
  fencing,
  agent,
}: CallsAbout): ComponentCalls {
  const calls = createAgentCalls(agent, fencing);
  return {
    about: { ...calls.call, plan: { environment, backup }, component },
    what: `${component.name} on ${agent}`,
    options: {
      reads: {
        ...calls.options.long,
        ...{ startToCloseTimeout: '5 min', scheduleToCloseTimeout: '15 min' },
      },
      long: calls.options.long,
    },
    nextStep: calls.nextStep,
    answer: calls.answer,
  };
}
