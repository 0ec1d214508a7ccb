import type { RunStatus } from '../kernel/run.ts';

/** One experiment of a campaign at one of its times, and what became of it. */
export interface CampaignRow {
  experiment: string;
  fault: string;
  weight: number;
  dueAtMs: number;
  /** Absent: it did not begin. */
  startedAtMs?: number;
  endedAtMs?: number;
  /** The verdict of its run, or `Lost`, `Refused`, `Missed` or `Skipped`. */
  outcome: string;
  reason: string;
  /** Its own run; absent where it has no report. */
  runRef?: string;
  recoveredAfterMs?: number;
}

/** Shares of the weight of every experiment that was planned: they make 1 together. */
export interface CampaignScore {
  passed: number;
  failed: number;
  /** Nobody knows: not run, or aborted, inconclusive, not injected, lost, refused, missed or skipped. */
  unknown: number;
}

/** What the report of a campaign says beyond its steps. */
export interface CampaignDetails {
  campaign: { environment: string; campaign: string };
  /** How many times experiments are due, all in all. */
  planned: number;
  /** One for each time that is over, in their order. */
  rows: CampaignRow[];
  /** Of what has ended so far. */
  score: CampaignScore;
}

/** How far an open campaign has come. */
export interface CampaignProgress {
  planned: number;
  /** How many times are over, by their outcomes. */
  ended: Readonly<Record<string, number>>;
  /** So far: what has not ended is unknown. */
  score: CampaignScore;
  /** The experiment that is carried out now. */
  underWay?: string;
  /** The one that follows, unless the campaign ends before. It may begin later than it is due. */
  next?: { experiment: string; dueAtMs: number };
}

export interface CampaignStatus extends RunStatus {
  /** Absent until the spec is read. */
  campaign?: CampaignProgress;
}
