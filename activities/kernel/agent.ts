import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import {
  AgentError,
  type AgentErrorCode,
  type AgentHost,
  type Attempt,
} from '../../src/contracts/kernel/agent-host.ts';
import {
  agentContract,
  type AgentActivities,
  type AgentCall,
} from '../../src/contracts/kernel/agent.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { isMapping } from '../../src/specs/kernel/finding.ts';
import { heartbeatEveryMs } from './support/heartbeating.ts';

/** What an agent's queue carries out. Whoever may start workflows there has passed Temporal already. */
export function createAgentActivities(host: AgentHost): AgentActivities {
  const { name } = host.description;
  const take = async <T>(
    call: AgentCall,
    act: () => Promise<T>,
    named?: 'act' | 'lease',
  ): Promise<T> => {
    if (!isMapping(call)) throw refusal('a call is an object');
    refuseOthers(call, name);
    if (named !== undefined) refuseMalformed(call, named);
    try {
      return await act();
    } catch (error) {
      throw error instanceof AgentError ? asFailure(error) : error;
    }
  };
  return {
    describeAgent: (call) => take(call, async () => host.description),
    runCommand: (call) =>
      take(
        call,
        async () => {
          const { act, command, args = {} } = call;
          const result = await withAttempt((attempt) =>
            host.runCommand({ act, command, args }, attempt),
          );
          if (result.ending !== 'cancelled') return result;
          throw new CancelledFailure(
            `${command} was cancelled, and everything it started is ended`,
          );
        },
        'act',
      ),
    applyLease: (call) =>
      take(
        call,
        async () => {
          const { act, command, args = {}, forMs } = call;
          return withAttempt(async (attempt) => {
            const applied = await host.applyLease({ act, command, args, forMs }, attempt);
            if (applied.applied || !attempt.cancelled.aborted) return applied;
            throw new CancelledFailure(`${command} was cancelled, and reverted`);
          });
        },
        'act',
      ),
    extendLease: (call) => take(call, () => host.extendLease(call.lease, call.forMs), 'lease'),
    revertLease: (call) =>
      take(call, () => withAttempt((attempt) => host.revertLease(call.lease, attempt)), 'lease'),
    runProbe: (call) =>
      take(call, () => host.runProbe(call.probe, Context.current().cancellationSignal)),
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

/** Heartbeats with the progress of the act, and tells it when to stop and when to let it be. */
async function withAttempt<T>(act: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const cancelled = new AbortController();
  const leaving = new AbortController();
  const onAbort = () => {
    const isUnwanted = context.cancellationDetails?.cancelRequested === true;
    (isUnwanted ? cancelled : leaving).abort();
  };
  context.cancellationSignal.addEventListener('abort', onAbort, { once: true });
  let lastMs = performance.now();
  try {
    return await act({
      ...{ cancelled: cancelled.signal, leaving: leaving.signal },
      onProgress(progress) {
        if (performance.now() - lastMs < heartbeatEveryMs(context)) return;
        lastMs = performance.now();
        context.heartbeat(progress);
      },
    });
  } finally {
    context.cancellationSignal.removeEventListener('abort', onAbort);
  }
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
