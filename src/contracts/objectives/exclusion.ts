/** Announced maintenance: its minutes count neither as good nor as bad. Whole minutes. */
export interface Exclusion {
  id: string;
  environment: string;
  /** Absent: all objectives of the environment. */
  services?: readonly string[];
  fromMs: number;
  untilMs: number;
  why: string;
  by: string;
  announcedAtMs: number;
  approvedBy?: string;
  /** Taken back: it excludes nothing from then on. */
  withdrawnAtMs?: number;
}
