import type { RunReport } from '../kernel/report.ts';
import { outcomes, type Outcome } from './outcome.ts';
import type { ReportedKind, RolloutDetails, RolloutReport } from './report.ts';

/** A report as rollouts wrote it before all kinds of runs shared one envelope. */
interface FlatReport
  extends
    Omit<RunReport, 'format' | 'family' | 'runRef' | 'subject' | 'details'>,
    Omit<RolloutDetails, 'stages'> {
  kind: ReportedKind;
  outcome: Outcome;
  rolloutId: string;
  service: string;
  environment: string;
  stages: RolloutDetails['stages'];
}

export function isRolloutReport(report: RunReport): report is RolloutReport {
  const { version, stages } = (report.details ?? {}) as Partial<RolloutDetails>;
  return report.family === 'rollouts' && typeof version === 'string' && Array.isArray(stages);
}

/** The result of a rollout, or a file of the earlier ledger, of any version; undefined if it is not a report. */
export function readRolloutReport(given: unknown): RolloutReport | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { format } = given as { format?: unknown };
  if (format === 2)
    return isRolloutReport(given as RunReport) ? (given as RolloutReport) : undefined;
  return format === undefined && isFlat(given) ? fromFlat(given) : undefined;
}

function isFlat(given: object): given is FlatReport {
  const report = given as Partial<FlatReport>;
  return (
    typeof report.rolloutId === 'string' &&
    typeof report.startedAtMs === 'number' &&
    typeof report.endedAtMs === 'number' &&
    Array.isArray(report.stages) &&
    (outcomes as readonly unknown[]).includes(report.outcome)
  );
}

function fromFlat(flat: FlatReport): RolloutReport {
  const { rolloutId, service, environment, version, previousVersion, stages, ...common } = flat;
  return {
    ...common,
    format: 2,
    family: 'rollouts',
    runRef: rolloutId,
    subject: { environment, name: service },
    details: {
      version,
      ...(previousVersion !== undefined && { previousVersion }),
      stages,
    },
  };
}
