/**
 * How patient the workflows of one worker are. Read from the worker's configuration and recorded
 * in each history by resolveSpec, so that a replay uses what the run used.
 */
export interface RunSettings {
  /** From a worker's death until an open hold is watched again, at most. */
  blindTimeMs: number;
  /** One attempt of an act on a target. */
  actTimeoutMs: number;
  /** All attempts of one act together; past it the rollout is undone. */
  actBudgetMs: number;
  /** All attempts of one undo together; past it a person is asked. */
  undoBudgetMs: number;
  /** Nobody took up a hold's watch for this long: inconclusive. */
  unwatchedLimitMs: number;
  /** First wait between attempts; doubles up to ten times this. */
  retryIntervalMs: number;
  /** People are told of rollouts. Absent: nobody has said whom to tell. */
  notifies?: true;
  /** The run asks change control for a permit. Absent in histories from before there was change control. */
  permits?: true;
}
