import { ApplicationFailure, Context } from '@temporalio/activity';
import { AgentError, type AgentErrorCode } from '../../../src/contracts/kernel/agent-host.ts';
import { agentContract, type AgentCall } from '../../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { isMapping } from '../../../src/specs/kernel/finding.ts';

/**
 * Takes the calls of one agent: refuses what is malformed, is for another agent or speaks another
 * contract, and translates an AgentError to the failure that the run matches.
 */
export function callsOf(name: string) {
  return async <T>(call: AgentCall, act: () => Promise<T>, named?: 'act' | 'lease'): Promise<T> => {
    if (!isMapping(call)) throw refusal('a call is an object');
    refuseOthers(call, name);
    if (named !== undefined) refuseMalformed(call, named);
    try {
      return await act();
    } catch (error) {
      throw error instanceof AgentError ? asFailure(error) : error;
    }
  };
}

/** The step is part of a file's name on the host, so that nothing but a number will do. */
function refuseMalformed(call: AgentCall, named: 'act' | 'lease'): void {
  const { [named]: step, args = {} } = call as AgentCall &
    Partial<Record<'act' | 'lease' | 'args', unknown>>;
  const isStep = isMapping(step) && Number.isSafeInteger(step['step']) && Number(step['step']) >= 0;
  if (!isStep || typeof step['runRef'] !== 'string' || step['runRef'] === '') {
    throw refusal('an act is named by a run and a step, which is a whole number from 0 up');
  }
  if (!isMapping(args)) throw refusal('args is an object: a value for each parameter, by its name');
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.agentRefused);
}

function refuseOthers({ contract, agent }: AgentCall, name: string): void {
  if (agent !== name) {
    throw refusal(`this is agent ${name}, and the call is for ${agent}`);
  }
  if (contract === agentContract) return;
  const older = contract < agentContract ? 'the workers' : `agent ${name}`;
  throw ApplicationFailure.nonRetryable(
    `agent ${name} speaks contract ${agentContract}, and the workers speak ${contract}: upgrade ${older}. Nothing was done`,
    failureTypes.agentContract,
    { agent: agentContract, workers: contract },
  );
}

function asFailure({ code, message }: AgentError): ApplicationFailure {
  const { type, isFinal } = failureOf[code];
  const gaveUp = code === 'unfinished' && Context.current().info.attempt >= mostAttempts;
  return ApplicationFailure.create({ message, type, nonRetryable: isFinal || gaveUp });
}

/** Some minutes. */
const mostAttempts = 20;

const failureOf: Record<AgentErrorCode, { type: string; isFinal: boolean }> = {
  refused: { type: failureTypes.agentRefused, isFinal: true },
  'stale-fence': { type: failureTypes.staleFence, isFinal: true },
  lost: { type: failureTypes.agentActLost, isFinal: true },
  'lease-ended': { type: failureTypes.leaseEnded, isFinal: true },
  away: { type: failureTypes.agentUnavailable, isFinal: false },
  unfinished: { type: failureTypes.agentUnavailable, isFinal: false },
};
