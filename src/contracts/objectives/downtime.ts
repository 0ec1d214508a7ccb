/** A time in which objectives were not met, as a person says: its minutes are recorded by hand. */
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
}
