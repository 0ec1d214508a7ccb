import type { Attempt } from '../kernel/agent-host.ts';
import type { DatabaseNodeActivities, WatchHeartbeat } from './database-node.ts';
import type { LeaseWire } from './lease-wire.ts';

type HostOf<Name extends keyof DatabaseNodeActivities, More extends unknown[] = []> = (
  call: Parameters<DatabaseNodeActivities[Name]>[0],
  attempt: Attempt,
  ...more: More
) => ReturnType<DatabaseNodeActivities[Name]>;

/** What an agent does with the databases of its host: its activities, given the attempt. Throws AgentError. */
export type DatabaseHost = {
  [Name in Exclude<keyof DatabaseNodeActivities, 'watchNode'>]: HostOf<Name>;
} & {
  /** Says what the own server last answered, each time that it does. With a lease, it heartbeats itself. */
  watchNode: HostOf<'watchNode', [onAnswer: (heartbeat: WatchHeartbeat) => void, wire?: LeaseWire]>;
};
