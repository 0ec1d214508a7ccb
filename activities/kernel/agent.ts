import { CancelledFailure, Context } from '@temporalio/activity';
import type { AgentHost } from '../../src/contracts/kernel/agent-host.ts';
import type { AgentActivities } from '../../src/contracts/kernel/agent.ts';
import { callsOf } from './support/agent-calls.ts';
import { withAttempt } from './support/agent-attempts.ts';
import { whileHeartbeating } from './support/heartbeating.ts';

/** What an agent's queue carries out. Whoever may start workflows there has passed Temporal already. */
export function createAgentActivities(host: AgentHost): AgentActivities {
  const take = callsOf(host.description.name);
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
      take(call, () =>
        whileHeartbeating(() => host.runProbe(call.probe, Context.current().cancellationSignal)),
      ),
  };
}
