import type {
  FenceEvidence,
  NodeAddress,
  Observation,
  Promotion,
  Rejoined,
} from './database-node.ts';

/** What a run about a database says beyond its steps and evidence; fields are only ever added. */
export interface DatabaseDetails {
  database: { environment: string; database: string };
  /** Which node led before, and which leads now. */
  from?: string;
  to?: string;
  /** What was lost, as far as it is known; absent: nobody can say. */
  loss?: { bytes?: number; ms?: number; atLeast?: true; from: string };
  fence?: FenceEvidence;
  /** The former primary whose host could not be asked: a run of kind `fence` waits for it. */
  unfenced?: string;
  promotion?: Promotion;
  times?: RecoveryTimes;
  rejoined?: (Rejoined & { node: string })[];
  /** Standbys that stream from the primary at the end. */
  streaming?: string[];
  observations?: Observation[];
  /** By which clients reach the primary, as they were left. */
  routes?: LedRoute[];
}

export interface LedRoute {
  route: string;
  /** Absent: it was not led to the new primary. */
  to?: NodeAddress;
}

/** In milliseconds since 1970; the differences are what objectives are about. */
export interface RecoveryTimes {
  /** When the primary was seen to work last. */
  downSinceMs?: number;
  confirmedAtMs?: number;
  fencedAtMs?: number;
  promotedAtMs?: number;
  /** A canary row was committed, and read back. */
  writesBackAtMs?: number;
  /** Clients were led to the new primary. */
  routedAtMs?: number;
  /** As many standbys stream as before. */
  redundancyBackAtMs?: number;
}
