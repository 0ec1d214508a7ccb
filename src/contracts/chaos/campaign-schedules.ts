import type { Subject } from '../../kinds/kind.ts';

/** When a campaign begins by itself. */
export interface CampaignSchedule {
  subject: Subject;
  /** As its author wrote it. */
  schedule: unknown;
  isPaused: boolean;
  /** Since when it has had its times, without a pause. */
  sinceMs: number;
  /** A run of the campaign is open, whoever started it. */
  isOpen: boolean;
}
