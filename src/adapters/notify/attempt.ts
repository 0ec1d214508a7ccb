/** The result of one attempt to deliver a notification. */
export type DeliveryAttempt =
  | { result: 'delivered'; remark?: string }
  | {
      result: 'not-delivered';
      reason: string;
      /** Whether another attempt may succeed. */
      again: boolean;
      /** The receiver asks for no request for this long. */
      afterMs?: number;
    }
  | { result: 'doubtful'; reason: string };

/** The time limits of one attempt. */
export interface AttemptLimits {
  /** Until the connection is established; nothing is sent before. */
  connectMs: number;
  /** For the whole attempt. */
  attemptMs: number;
}

export const defaultLimits: AttemptLimits = { connectMs: 5_000, attemptMs: 15_000 };
