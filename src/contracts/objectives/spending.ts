/** Who spent an error budget. */
export const spendingCauses = ['rollout', 'chaos', 'incident', 'dependency', 'unknown'] as const;

export type SpendingCause = (typeof spendingCauses)[number];

/** Bad requests from one moment until another. Those of a time add up to all its bad requests. */
export interface Spending {
  objective: string;
  fromMs: number;
  untilMs: number;
  bad: number;
  cause: SpendingCause;
  /** The run that spent it; absent where the cause is unknown. */
  runRef?: string;
}
