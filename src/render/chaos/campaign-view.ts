import type {
  CampaignDetails,
  CampaignRow,
  CampaignScore,
} from '../../contracts/chaos/campaign-details.ts';
import type { ChaosCampaignSpec } from '../../specs/chaos/campaign-spec.ts';
import { chaosCampaignSchema } from '../../specs/chaos/campaign.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { utcMoment } from '../kernel/moment.ts';
import { describeFault } from './describe-fault.ts';
import { describeTarget } from './describe-target.ts';
import type { Fact } from './experiment-view.ts';
import { percent } from './percent.ts';

/** What is known of a campaign: of one that has ended, from its report. */
export interface KnownCampaign {
  details: CampaignDetails;
  /** As it was given. */
  spec?: unknown;
}

function readCampaign(spec: unknown): ChaosCampaignSpec | undefined {
  const parsed = chaosCampaignSchema.safeParse(spec);
  return parsed.success ? parsed.data : undefined;
}

export const plannedTitles = ['experiment', 'fault', 'target', 'again', 'weight'] as const;

/** A row for each experiment that was asked for. */
export function plannedRows({ spec }: KnownCampaign): string[][] {
  const { experiments = [] } = readCampaign(spec) ?? {};
  return experiments.map(({ experiment, repeatEveryMs, weight }) => [
    ...[
      experiment.experiment,
      describeFault(experiment.fault, experiment.target),
      describeTarget(experiment.target),
    ],
    repeatEveryMs === undefined ? 'once' : `every ${formatDuration(repeatEveryMs)}`,
    String(weight),
  ]);
}

export function campaignFacts({ spec }: KnownCampaign): Fact[] {
  const campaign = readCampaign(spec);
  if (campaign === undefined) return [];
  const { pauseMs, lastsMs, stopAfter } = campaign;
  return [
    ['Pause between two', pauseMs === 0 ? 'none' : formatDuration(pauseMs)],
    ...(lastsMs === undefined ? [] : [['Lasts', formatDuration(lastsMs)] as const]),
    ['Stops after', ['LeftBehind', ...stopAfter].join(', ')],
  ];
}

export function scoreFacts({ details: { planned, rows, score } }: KnownCampaign): Fact[] {
  const notRun = rows.filter(({ startedAtMs }) => startedAtMs === undefined);
  const left = planned - rows.length;
  const why = [
    ...countOf(notRun, 'Missed', 'missed'),
    ...countOf(notRun, 'Skipped', 'skipped'),
    ...(left > 0 ? [`${left} not reached`] : []),
  ];
  return [
    [
      'Run',
      `${rows.length - notRun.length} of ${planned}${why.length === 0 ? '' : `: ${why.join(', ')}`}`,
    ],
    ['Score', describeScore(score)],
  ];
}

function countOf(rows: readonly CampaignRow[], outcome: string, said: string): string[] {
  const count = rows.filter((row) => row.outcome === outcome).length;
  return count === 0 ? [] : [`${count} ${said}`];
}

export function describeScore({ passed, failed, unknown }: CampaignScore): string {
  return `${percent(passed)} passed, ${percent(failed)} failed, ${percent(unknown)} unknown`;
}

/** One experiment at one of its times, in words. */
export interface TurnRow {
  due: string;
  began: string;
  experiment: string;
  fault: string;
  outcome: string;
  tone: 'good' | 'bad' | 'waiting';
  recovered: string;
  reason: string;
  run: string;
}

export function turnRows({ details: { rows } }: KnownCampaign): TurnRow[] {
  return rows.map((row) => ({
    due: utcMoment(row.dueAtMs),
    began: row.startedAtMs === undefined ? '' : utcMoment(row.startedAtMs),
    ...{ experiment: row.experiment, fault: row.fault, outcome: row.outcome },
    tone: toneOf(row.outcome),
    recovered: row.recoveredAfterMs === undefined ? '' : formatDuration(row.recoveredAfterMs),
    ...{ reason: row.reason, run: row.runRef ?? '' },
  }));
}

function toneOf(outcome: string): TurnRow['tone'] {
  if (outcome === 'Passed') return 'good';
  return outcome === 'Failed' || outcome === 'LeftBehind' ? 'bad' : 'waiting';
}
