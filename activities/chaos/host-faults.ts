import { Context } from '@temporalio/activity';
import type { FaultHost } from '../../src/contracts/chaos/fault-host.ts';
import type { HostFaultActivities } from '../../src/contracts/chaos/host-faults.ts';
import { AgentError } from '../../src/contracts/kernel/agent-host.ts';
import type { AgentCall } from '../../src/contracts/kernel/agent.ts';
import { isTrackSource } from '../../src/specs/chaos/track-source.ts';
import { callsOf } from '../kernel/support/agent-calls.ts';
import { onHost } from '../kernel/support/on-host.ts';
import { watchAttempt } from './support/watch-attempt.ts';

/** What the queue of an agent carries out for experiments. */
export function createHostFaultActivities(agent: string, host: FaultHost): HostFaultActivities {
  const take = callsOf(agent);
  const on = onHost<AgentCall>(agent, () => undefined);
  return {
    examineTarget: on(host.examineTarget),
    injectFault: on(host.injectFault, { named: 'act' }),
    observeFault: on(host.observeFault),
    watchProbes: (call) =>
      take(call, () =>
        watchAttempt(call, async (source) => {
          if (source.of === 'query' || isTrackSource(source)) {
            throw new AgentError('refused', 'an agent asks probes; the rest is asked by a worker');
          }
          const { cancellationSignal } = Context.current();
          const { ok, latencyMs } = await host.askProbe(source.probe.probe, cancellationSignal);
          return { value: latencyMs, ...(!ok && { failed: true as const }) };
        }),
      ),
  };
}
