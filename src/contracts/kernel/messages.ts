import type { SpecKind } from '../../kinds/workflow-types.ts';

export interface VerbInput {
  /** Who: `belay` fills in user@host. approve and reject refuse to go without. */
  by?: string;
  why?: string;
  /**
   * The run that the message is for, by its `rolloutId`: refused by any other run under the same
   * workflow ID. Absent: whichever run is open.
   */
  runRef?: string;
  /** The weight of the stage that is meant (promote, approve, reject); refused if that one is over. */
  stage?: number;
  /** The step that is meant (skip, retry of a playbook); refused if that one is over. */
  step?: string;
  /** undo: the kept revision to bring back; absent: the one before. */
  toRevision?: number;
  /** What else the verb takes, as its definition names it. */
  with?: Readonly<Record<string, string>>;
  /** abort: not a person asks but an alert, so the rollout ends as RolledBack. */
  cause?: 'alert';
}

/** The answer to an accepted verb, for a person to read. */
export interface VerbReceipt {
  verb: string;
  message: string;
}

/** Update only: start this spec, or, where it allows that, supersede the running rollout with it. */
export const deployUpdate = 'deploy';

/** Comes with the spec that starts a run. */
export interface StartRequest {
  /** Made by the caller, one per start: tells the run that this request started from another's. */
  requestId: string;
  by?: string;
  why?: string;
  /** The `runRef` of the run that starts this one as its child, and lets it work on what its own permit is for. */
  parentRun?: string;
}

export interface DeployRequest extends StartRequest {
  /** Which spec is being sent. */
  kind: SpecKind;
  /** Of a rollback for an alert: the version that it takes back. Refused where another one serves. */
  takesBack?: string;
}

export interface DeployReceipt {
  /** The rollout that answered: the one that was started, or the one that makes way. */
  rolloutId: string;
  /** The rollout that makes way, if one was running. */
  superseding?: string;
}

export const statusQuery = 'status';

/** Alerts have a queue of their own, so that many of them never delay an act, and no act delays them. */
export function alertTaskQueue(taskQueue: string): string {
  return `${taskQueue}-alerts`;
}
