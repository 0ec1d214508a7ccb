import type { IncidentPhase } from '../../kinds/incident-phases.ts';
import type {
  IncidentMoment,
  IncidentRole,
  IncidentSeverity,
  IncidentTopic,
} from '../../kinds/incident-words.ts';
import type { PublicUpdate } from '../kernel/public-update.ts';
import type { RunReport } from '../kernel/report.ts';
import type { RunStatus } from '../kernel/run.ts';

/** When something happened, as somebody said it. */
export interface MomentVersion {
  happenedAtMs: number;
  recordedAtMs: number;
  by: string;
  why?: string;
}

/** Every version that was recorded, oldest first: the last one counts. */
export type IncidentMoments = Partial<Record<IncidentMoment, MomentVersion[]>>;

/** A run that was there around the incident. */
export interface RunAround {
  runRef: string;
  workflowId: string;
  runId: string;
  family: string;
  kind: string;
  outcome: string;
  reason: string;
  startedAtMs: number;
  endedAtMs: number;
  startedBy?: string;
}

export interface TimelineEntry {
  happenedAtMs: number;
  recordedAtMs: number;
  text: string;
  by?: string;
  /** Something that counts in the postmortem, not a reminder of the clock. */
  isMilestone?: true;
}

export interface IncidentNote {
  about: IncidentTopic;
  atMs: number;
  by: string;
  text: string;
  /** Absent: when it was written down. */
  happenedAtMs?: number;
  owner?: string;
  due?: string;
}

export interface IncidentAlert {
  id: string;
  sinceMs: number;
  endedAtMs?: number;
}

/** Where the escalation stands. */
export interface EscalationState {
  /** When its present round began. */
  roundAtMs: number;
  /** From 0; each one is louder. */
  round: number;
  /** How many levels of the round were notified. */
  notified: number;
}

export interface PostmortemState {
  dueAtMs: number;
  doneAtMs?: number;
  doneBy?: string;
  link?: string;
}

/** All that is known of an incident: shown in its status, kept in its report, taken along when it continues as new. */
export interface IncidentFacts {
  phase: IncidentPhase;
  summary: string;
  severity: IncidentSeverity;
  services: string[];
  roles: Partial<Record<IncidentRole, string>>;
  moments: IncidentMoments;
  /** What is left out of the middle is counted. */
  timeline: TimelineEntry[];
  timelineLeftOut: number;
  notes: IncidentNote[];
  alerts: IncidentAlert[];
  /** How many that fired had to be left out of a long list: when they end is not known; absent: none. */
  alertsLeftOut?: number;
  /** Requests that were taken in, newest last: each counts once. */
  requests: string[];
  /** Absent where nobody has to be notified. */
  escalation?: EscalationState;
  /** How many levels were notified after the first one; absent: none. */
  escalations?: number;
  acknowledgedBy?: string;
  /** From when the next update is counted. */
  updateSinceMs: number;
  /** The commander was reminded of this update. */
  updateRemindedAtMs?: number;
  /** How many updates did not come although the commander was reminded; absent: none. */
  updatesOverdue?: number;
  lastUpdate?: { atMs: number; by: string; text: string };
  /** What the public may read, oldest first; absent: nothing, not even that there is an incident. */
  published?: PublicUpdate[];
  /** What the public knows it by. */
  publicTitle?: string;
  /** When people were reminded last that it is mitigated and not resolved, or that its postmortem is not written. */
  remindedAtMs?: number;
  postmortem?: PostmortemState;
  /** How often it has frozen what it is about; absent: never. */
  freezes?: number;
  /** Runs of its environment around it, as the ledger had them. */
  around: RunAround[];
  /** Why they may not be all. */
  aroundMissing?: string;
}

export interface IncidentStatus extends RunStatus {
  /** Absent until the spec is read. */
  incident?: IncidentFacts;
  objectives?: MeasuredObjective[];
  /** When the clock acts next, and what it does. */
  next?: { atMs: number; what: string };
}

/** A bound and what was measured against it. */
export interface MeasuredObjective {
  name: 'RTO' | 'RPO';
  objectiveMs?: number;
  measuredMs?: number;
  verdict: 'met' | 'missed' | 'unmeasured' | 'no objective';
  /** What it was measured from, or what is missing. */
  how: string;
}

export interface IncidentDetails extends IncidentFacts {
  objectives: MeasuredObjective[];
}

export type IncidentReport = RunReport<IncidentDetails>;

export interface AroundQuery {
  environment: string;
  /** Those that ended at this time or later. */
  fromMs: number;
}

export interface IncidentActivities {
  /** What ran around an incident, from the ledger, newest first and bounded. Fails where the ledger is away. */
  readAround(query: AroundQuery): Promise<RunAround[]>;

  /** Freezes what the incident is about, until it is thawed. Idempotent by `runRef` and `turn`. */
  freezeForIncident(order: FreezeOrder): Promise<void>;

  /** Takes that freeze back, even if it is still on its way. Does nothing without one. */
  thawForIncident(
    order: Pick<FreezeOrder, 'environment' | 'runRef' | 'turn' | 'by'>,
  ): Promise<void>;
}

export interface FreezeOrder {
  environment: string;
  runRef: string;
  /** The number of the freeze in its run, from 1, which is also the default. */
  turn?: number;
  why: string;
  /** Absent: the whole environment. */
  services?: string[];
  /** What freezes; absent: an incident. */
  by?: 'region failover';
}
