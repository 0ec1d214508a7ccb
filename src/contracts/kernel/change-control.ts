/** What a scope names. `environment` is all of it: it meets every other scope. `namespace` is one of Kubernetes. */
export const scopeKinds = [
  ...(['service', 'database', 'repository', 'host', 'namespace'] as const),
  'environment',
] as const;

export type ScopeKind = (typeof scopeKinds)[number];

/** Something that a run changes, or must not be changed beside it. */
export interface Scope {
  of: ScopeKind;
  name: string;
}

/** Who goes ahead during a freeze or with an empty error budget, and why. */
export interface Override {
  by: string;
  why: string;
}

/** What a run asks of change control before its first act. */
export interface PermitRequest {
  /** The run's own ID: the same request again gets the same answer. */
  runRef: string;
  family: string;
  kind: string;
  workflowId: string;
  /** The first run of the chain of runs under this workflow ID, which a reset keeps. */
  firstRunId: string;
  /** The run of that chain that asks: a question that arrives after its end is told from one after a reset. */
  runId?: string;
  scopes: Scope[];
  override?: Override;
  /** The run that has started this one as its child, and lets it work on what its own permit is for. */
  parent?: PermitParent;
}

/** One run: a later one under its workflow ID is another. */
export interface PermitParent {
  workflowId: string;
  runRef: string;
}

/** Sent by a run at its end. */
export interface GiveBackInput {
  runRef: string;
  runId?: string;
}

export interface Permit extends PermitRequest {
  sinceMs: number;
  /** What the holder was told when it got the permit. */
  notes: string[];
}

/** A refusal is an answer, too: `type` is the failure that the run ends with. */
export type PermitAnswer =
  | { granted: true; notes: string[] }
  | { granted: false; type: 'Frozen' | 'PermitRefused'; reason: string };

/** Weekly windows on the clock of one zone. */
export interface CalendarRule {
  /** On which days a window begins: 1 is Monday, 7 is Sunday. */
  weekdays: number[];
  /** `16:00` */
  from: string;
  /** `08:00`, on the day that is `days` later. */
  to: string;
  days: number;
}

/** One window, written in the clock of the calendar's zone: `2026-12-18T16:00`. */
export interface CalendarPeriod {
  from: string;
  to: string;
}

/** Windows in which nothing may change. */
export interface FreezeCalendar {
  /** An IANA time zone. */
  zone: string;
  rules: CalendarRule[];
  periods: CalendarPeriod[];
}

/** From `fromMs` on, until just before `untilMs`. */
export interface Window {
  fromMs: number;
  untilMs: number;
}

/** The windows of a calendar that begin before `beforeMs`. */
export interface ExpandedCalendar {
  windows: Window[];
  beforeMs: number;
}

export interface Freeze {
  /** Counted from 1 in each environment, never used twice. */
  id: number;
  by: string;
  why: string;
  sinceMs: number;
  /** Absent: until it is thawed. */
  untilMs?: number;
  /** Absent: the whole environment. */
  services?: string[];
  /** Absent: all the time. */
  calendar?: FreezeCalendar & ExpandedCalendar;
}

/** The safety lever, while it is engaged. */
export interface EngagedLever {
  by: string;
  why: string;
  sinceMs: number;
}

/** Something that change control did, for people to read later. */
export interface ChangeRecord {
  atMs: number;
  text: string;
}

/** The answer to the `state` query, and what is kept when the workflow continues as new. */
export interface ChangeControlState {
  environment: string;
  lever?: EngagedLever;
  freezes: Freeze[];
  permits: Permit[];
  /** The last ones, oldest first. */
  records: ChangeRecord[];
  /** The ID of the next freeze. */
  nextFreeze: number;
  /** The `runId` of those that gave their permits back last, oldest first. */
  ended?: string[];
  /** When all holders were last checked. */
  holdersCheckedMs?: number;
}

/** What `changeControl` is started with; `temporal workflow start` may leave it out. */
export interface ChangeControlInput {
  state?: ChangeControlState;
  /** After so many events it continues as new. */
  longestHistory?: number;
}

export interface FreezeInput {
  by: string;
  why: string;
  /** A time with an offset: `2026-12-24T18:00+01:00`. */
  until?: string;
  services?: string[];
  /** Windows on the clock of a zone: `Fri 16:00 to Mon 08:00 Europe/Berlin`. */
  every?: string;
  calendar?: { zone: string; every?: string[]; periods?: CalendarPeriod[] };
}

export interface ThawInput {
  by: string;
  why?: string;
  /** Absent: the only one. */
  freeze?: number;
  all?: boolean;
}

export interface LeverInput {
  by: string;
  why?: string;
}

/** The answer to an accepted message, for a person to read. */
export interface ChangeControlReceipt {
  message: string;
  /** The freeze that was made. */
  freeze?: Freeze;
}

/** Updates of `changeControl`; those that people send are also signals of the same name. */
export const changeControlMessages = {
  askPermit: 'askPermit',
  freeze: 'freeze',
  thaw: 'thaw',
  engageLever: 'engageLever',
  releaseLever: 'releaseLever',
} as const;

/** Signal only: the run with this `runRef` is over. */
export const giveBackSignal = 'giveBack';

export const changeControlQuery = 'state';

/** A run that holds a permit, as far as Temporal knows it. */
export type PermitHolder = Pick<Permit, 'runRef' | 'workflowId' | 'firstRunId'>;

export interface ChangeControlActivities {
  /**
   * Asks the change control of an environment, which is started if it does not run yet. Throws
   * ChangeControlUnavailable, retryable, while it does not answer. Idempotent by `runRef`.
   */
  askPermit(environment: string, request: PermitRequest): Promise<PermitAnswer>;

  /**
   * Whether a freeze would refuse this run now. Nothing is granted or recorded. Throws while change
   * control does not answer.
   */
  previewPermit(environment: string, request: PermitRequest): Promise<PermitAnswer>;

  /** Which of these are over, by their `runRef`: each is asked of Temporal by its ID. */
  findDeadHolders(holders: PermitHolder[]): Promise<string[]>;

  /** Fails as InvalidInput, non-retryable, for a zone that nobody knows. */
  expandCalendar(calendar: FreezeCalendar, window: Window): Promise<Window[]>;
}
