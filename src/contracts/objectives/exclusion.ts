/**
 * Announced maintenance: its minutes count neither as good nor as bad. Whole minutes. It is a row and no
 * run: it begins and ends by the clock of whoever reads it.
 */
export interface Exclusion {
  id: string;
  environment: string;
  /** Absent: all objectives of the environment. */
  services?: readonly string[];
  fromMs: number;
  untilMs: number;
  /** For those who approve it and who read reports; it is on no public page. */
  why: string;
  /** What everybody may read of it. */
  publicTitle?: string;
  by: string;
  announcedAtMs: number;
  approvedBy?: string;
  approvedAtMs?: number;
  /** Taken back before it began: it excludes nothing. */
  withdrawnAtMs?: number;
  withdrawnBy?: string;
  /** Ended before it was to end. */
  endedEarly?: { by: string; atMs: number; plannedUntilMs: number };
}
