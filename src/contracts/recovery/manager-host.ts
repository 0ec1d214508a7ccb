import type { Attempt } from '../kernel/agent-host.ts';
import type { DatabaseManagerActivities } from './database-manager.ts';

/** What an agent asks the managers of its databases: its activities, given the attempt. Throws AgentError. */
export type ManagerHost = {
  [Name in keyof DatabaseManagerActivities]: (
    call: Parameters<DatabaseManagerActivities[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<DatabaseManagerActivities[Name]>;
};
