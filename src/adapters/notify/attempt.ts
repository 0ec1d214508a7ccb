/** How one try at a delivery ended. */
export type DeliveryAttempt =
  | { result: 'delivered'; remark?: string }
  | {
      result: 'not-delivered';
      reason: string;
      /** Whether another try may do better. */
      again: boolean;
      /** The receiver wants to be left alone for this long. */
      afterMs?: number;
    }
  | { result: 'doubtful'; reason: string };

/** How long one try may take. */
export interface AttemptLimits {
  /** Until there is a connection; nothing is sent before. */
  connectMs: number;
  /** All of it. */
  attemptMs: number;
}

export const defaultLimits: AttemptLimits = { connectMs: 5_000, attemptMs: 15_000 };
