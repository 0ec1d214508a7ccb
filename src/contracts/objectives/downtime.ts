/** A time of which a person says that objectives were not met, or that its counts are wrong. */
export interface Downtime {
  id: string;
  environment: string;
  objectives: readonly string[];
  /** Whole minutes. */
  fromMs: number;
  untilMs: number;
  why: string;
  by: string;
  recordedAtMs: number;
  /** Counts that were pushed are withdrawn: its minutes have no data. Absent: it was down. */
  recordedAs?: 'no-data';
  /** It was no downtime: its minutes are again what they were before. */
  withdrawn?: { by: string; why: string; atMs: number };
}

/** Whether its minutes are bad. */
export function isDown({
  recordedAs,
  withdrawn,
}: Pick<Downtime, 'recordedAs' | 'withdrawn'>): boolean {
  return recordedAs === undefined && withdrawn === undefined;
}
