/** What is measured of a service. */
export type Indicator = 'availability' | 'errorRate' | 'latency' | 'throughput';

export const comparisons = ['atLeast', 'atMost', 'equal'] as const;

export type Comparison = (typeof comparisons)[number];

export const calendarUnits = ['day', 'week', 'month', 'quarter', 'year'] as const;

export type CalendarUnit = (typeof calendarUnits)[number];

/** The time that an objective is about. */
export type ObjectiveWindow =
  /** It always ends now. */
  | { of: 'rolling'; lengthMs: number }
  /** It begins at a midnight of its zone; weeks begin on Monday. */
  | { of: 'calendar'; unit: CalendarUnit; zone: string };

/** Where requests are counted. */
export type IndicatorSource =
  /** Counters of the Prometheus server that the worker's settings name. */
  | PrometheusCounters
  /** The router of the local platform. */
  | { of: 'platform' }
  /** Requests that the worker itself sends. */
  | HttpProbe
  | TcpProbe
  /** Counts that somebody sends to the gateway. */
  | PushedCounts
  | Composite;

/** Selectors, without `rate()`: Belay computes the differences itself. */
export interface PrometheusCounters {
  of: 'prometheus';
  total: string;
  /** Absent: every request is good, as for a throughput. */
  part?: { of: 'good' | 'bad'; selector: string };
}

export interface HttpProbe {
  of: 'http';
  url: string;
  /** Answers with another status are failures. Absent: any from 200 to 399 is good. */
  status?: number;
  timeoutMs: number;
  everyMs: number;
}

export interface TcpProbe {
  of: 'tcp';
  host: string;
  port: number;
  timeoutMs: number;
  everyMs: number;
}

export interface PushedCounts {
  of: 'pushed';
  /** Nothing was pushed for so long: that is told. Absent: as long as the monitor says. */
  silentAfterMs?: number;
}

/** Minutes of other objectives: one is good if it was good for each of them. Its counts are minutes. */
export interface Composite {
  of: 'composite';
  /** Names of objectives of the same monitor, none of which is a composite. */
  members: readonly string[];
}

/** A contract gives back this share of what was paid where less than `below` was reached. */
export interface CreditTier {
  below: number;
  credit: number;
}

export interface Objective {
  name: string;
  service: string;
  indicator: Indicator;
  source: IndicatorSource;
  /** Of a latency: a request that takes longer is slow, which counts as bad. */
  belowMs?: number;
  comparison: Comparison;
  /** A share from 0 to 1; of a throughput, requests a second. */
  target: number;
  /** Of `equal`: how far from the target it may be, as a share of the target. */
  within?: number;
  window: ObjectiveWindow;
  /** Who is responsible for it, for people to read. */
  owner?: string;
  /** An empty error budget stops rollouts of the service, and experiments on it. */
  gatesBudget: boolean;
  /** With fewer events or failures than these, no burn rate is reported. */
  floor: { events: number; failures: number };
  /** What a contract gives back over a period; absent: nothing is promised. */
  credits?: CreditTier[];
}

/** What `resolveSpec('sloMonitor', …)` returns: all objectives of an environment. */
export interface SloMonitorSpec {
  kind: 'sloMonitor';
  environment: string;
  /** A minute is read so long after its end. */
  lagMs: number;
  /** For so long minutes are kept. */
  keepMinutesMs: number;
  /** The share of a window that must have been measured before there is a verdict. */
  leastCoverage: number;
  /** No data for so long is told to people. */
  silentAfterMs: number;
  objectives: Objective[];
}
