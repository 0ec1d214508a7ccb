/** What a run about a region says beyond its steps and evidence; fields are only ever added. */
export interface RegionDetails {
  group: string;
  from: string;
  to: string;
  times: RegionTimes;
  databases: MovedDatabase[];
  services: ScaledService[];
  names: { name: string; to: string }[];
  objectives: RegionObjective[];
}

/** In milliseconds since 1970. */
export interface RegionTimes {
  /** A witness could not reach the region, for the first time in this run; of a failback, its begin. */
  lostSinceMs?: number;
  confirmedAtMs?: number;
  approvedAtMs?: number;
  /** All databases take writes in the other region. */
  writesBackAtMs?: number;
  /** All replicas of all services are ready there. */
  servicesReadyAtMs?: number;
  /** Names lead there, and no resolver has what they were. */
  namesAtMs?: number;
  soakedAtMs?: number;
}

export interface MovedDatabase {
  database: string;
  /** The run that moved it; absent: it was there already. */
  workflowId?: string;
  outcome: string;
  /** What was lost, as far as that run knows; `atLeast`: more bytes may be. */
  loss?: { bytes?: number; ms?: number; atLeast?: true };
}

/** What the run scaled, or found scaled already. */
export interface ScaledService {
  service: string;
  region: string;
  before: number;
  replicas: number;
}

export interface RegionObjective {
  name: 'RTO' | 'RPO';
  objectiveMs: number;
  /** Absent: nobody can say. */
  measuredMs?: number;
  verdict: 'met' | 'missed' | 'unmeasured';
}
