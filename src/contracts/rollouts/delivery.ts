/** From its first moment until the first one that is not in it, in milliseconds since the epoch. */
export interface Week {
  /** `2026-11-30`: its Monday, where it is counted. */
  monday: string;
  fromMs: number;
  toMs: number;
}

export interface WeekOfDelivery extends Week {
  deployments: number;
  failed: number;
  rework: number;
}

export interface Share {
  count: number;
  of: number;
  /** Absent where there is nothing that it would be a share of. */
  share?: number;
}

/** Of durations in milliseconds. Without any, neither figure is there. */
export interface Distribution {
  n: number;
  medianMs?: number;
  /** The 90th percentile. */
  p90Ms?: number;
}

/** How a service is delivered, by the five metrics of DORA (https://dora.dev/guides/dora-metrics-four-keys/). */
export interface Delivery {
  environment: string;
  service: string;
  deployments: number;
  /** Weeks without any have a zero. */
  weeks: WeekOfDelivery[];
  deploymentsPerWeek: number;
  /** From each commit until its release had all traffic. */
  leadTime: Distribution & {
    /** Deployments of which no commit is known, or none whose time makes sense. */
    unknown: number;
  };
  /** Deployments that were taken back, of all deployments. */
  changeFailRate: Share;
  /** From when a release that failed had all traffic until the one before it was back. */
  recoveryTime: Distribution & { unknown: number };
  /** Rollbacks, of all deployments and rollbacks. */
  reworkRate: Share;
  /** Releases that were taken back before they had all traffic: no deployments. */
  caught: number;
}
