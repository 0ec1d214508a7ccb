import type { Attempt } from '../../../src/contracts/kernel/agent-host.ts';
import type { AgentCall } from '../../../src/contracts/kernel/agent.ts';
import { untilCancelled, withAttempt } from './agent-attempts.ts';
import { callsOf } from './agent-calls.ts';
import { whileHeartbeating } from './heartbeating.ts';

interface Carried {
  /** One that changes something: it is once for each step of a run. */
  named?: 'act';
  /** What its heartbeats say. */
  details?: () => unknown;
}

/** Makes activities of what an agent does on its host: refused where malformed, heartbeating, ended with the attempt. */
export function onHost<Base extends AgentCall>(
  agent: string,
  refuseMalformed: (call: Partial<Base>) => void,
) {
  const take = callsOf(agent);
  return <Call extends Base, T>(
      work: (call: Call, attempt: Attempt) => Promise<T>,
      { named, details }: Carried = {},
    ): ((call: Call) => Promise<T>) =>
    (call) =>
      take(
        call,
        () => {
          refuseMalformed(call);
          return withAttempt((attempt) =>
            whileHeartbeating(() => untilCancelled(call, attempt, work), details),
          );
        },
        named,
      );
}
