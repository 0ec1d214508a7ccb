import type { Override } from '../../contracts/kernel/change-control.ts';
import type { AllowedHours } from './allowed-hours.ts';
import type { ChaosExperimentSpec } from './experiment.ts';

/** One experiment of a campaign, once or again and again. */
export interface CampaignExperiment {
  experiment: ChaosExperimentSpec;
  /** As it was given, for the run that carries it out. */
  written: Readonly<Record<string, unknown>>;
  /** What it counts for in the score. */
  weight: number;
  /** Absent: once. */
  repeatEveryMs?: number;
}

/** How an experiment may end, so that no other follows. */
export const stoppingOutcomes = [
  ...(['Failed', 'Aborted', 'Inconclusive', 'NotInjected', 'Refused'] as const),
] as const;

export type StoppingOutcome = (typeof stoppingOutcomes)[number];

/** What `resolveSpec('chaosCampaign', …)` returns. */
export interface ChaosCampaignSpec {
  kind: 'chaosCampaign';
  environment: string;
  campaign: string;
  /** In their order. */
  experiments: CampaignExperiment[];
  /** Between the end of one experiment and the beginning of the next. */
  pauseMs: number;
  /** Nothing begins after it. */
  lastsMs?: number;
  /** Empty: it goes on, whatever becomes of its experiments, unless a fault is left behind. */
  stopAfter: StoppingOutcome[];
  allowedHours?: AllowedHours;
  override?: Override;
  dryRun: boolean;
}
