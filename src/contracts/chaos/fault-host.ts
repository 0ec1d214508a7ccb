import type { Attempt } from '../kernel/agent-host.ts';
import type { ProbeResult } from '../kernel/agent.ts';
import type { HostFaultActivities } from './host-faults.ts';

type Acts = Omit<HostFaultActivities, 'watchProbes'>;

/** What an agent does for experiments: its activities, given the attempt. Throws AgentError. */
export type FaultHost = {
  [Name in keyof Acts]: (
    call: Parameters<Acts[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<Acts[Name]>;
} & {
  askProbe(probe: string, cancelled: AbortSignal): Promise<ProbeResult>;
};
