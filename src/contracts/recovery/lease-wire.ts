import type { WatchHeartbeat } from './database-node.ts';

/** The activity by which a watch holds a lease. Whoever has this may speak for it. */
export interface LeasedActivity {
  /** Its task token, in base64. */
  token: string;
  workflowId: string;
  runId: string;
  activityId: string;
}

/** Temporal, as a lease sees it. Every call throws where Temporal does not answer in time. */
export interface LeaseWire {
  activity: LeasedActivity;
  /** `gone`: Temporal has closed the activity, and accepts nothing for it any more. */
  beat(heartbeat: WatchHeartbeat, withinMs: number): Promise<'accepted' | 'cancelled' | 'gone'>;
  /** `timed-out`: for want of heartbeats, so that somebody may rely on the end of the lease. */
  howEnded(withinMs: number): Promise<'open' | 'timed-out' | 'ended'>;
  /** Fails the activity, so that its run starts another one at once. */
  fail(message: string, withinMs: number): Promise<void>;
}
