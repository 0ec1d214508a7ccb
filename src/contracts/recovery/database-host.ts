import type { Attempt } from '../kernel/agent-host.ts';
import type { DatabaseNodeActivities } from './database-node.ts';

/** What an agent does with the databases of its host: its activities, given the attempt. Throws AgentError. */
export type DatabaseHost = {
  [Name in keyof DatabaseNodeActivities]: (
    call: Parameters<DatabaseNodeActivities[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<DatabaseNodeActivities[Name]>;
};
