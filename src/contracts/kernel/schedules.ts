import type { Subject } from '../../kinds/kind.ts';
import type { StartRequest } from './messages.ts';

/** What a schedule starts at its times: a run, unless one is open under its workflow ID. */
export interface ScheduledStart {
  /** The ID of the schedule. */
  scheduleId: string;
  kind: string;
  workflowType: string;
  /** The lock of the run. */
  workflowId: string;
  subject: Subject;
  /** As its author wrote it. */
  spec: unknown;
  /** As its author wrote it: what `belay schedule show` prints. */
  schedule: unknown;
  /** Since when it has had these times, without a pause; absent where an earlier version has written it. */
  dueSinceMs?: number;
}

/** What became of one start. */
export type ScheduledOutcome =
  | { outcome: 'started'; workflowId: string; runId: string }
  /** A run was open. */
  | { outcome: 'skipped'; reason: string };

/** Who the runs of a schedule are asked for by. */
export function requestOf(scheduleId: string, requestId: string): StartRequest {
  return { requestId, by: scheduleId };
}
