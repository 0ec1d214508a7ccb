import type { BreakerReport } from './breakers.ts';
import type { CacheReport } from './caches.ts';

/**
 * `unready`: it takes up work, but cannot do it without a component that does not answer;
 * `degraded`: it can, with less.
 */
export type HealthStatus = 'starting' | 'ready' | 'degraded' | 'unready' | 'draining';

export interface ComponentReport {
  name: string;
  /** Whether the process counts as ready without it. */
  isRequired: boolean;
  state: 'up' | 'down';
  /** How long the answer took, or was waited for. */
  latencyMs: number;
  /** How old all of this is. */
  agoMs: number;
  /** What it said of itself. */
  detail?: string;
  /** Why it is down. */
  reason?: string;
  /** While it is down: what it said when it last answered. Nothing is judged by it. */
  lastAnswer?: { detail: string; agoMs: number };
}

/** What `/health` tells of a process. */
export interface HealthReport {
  status: HealthStatus;
  version: string;
  /** Each worker of the process by what it does; absent until they are made. */
  workers?: Record<string, string>;
  components: ComponentReport[];
  breakers: BreakerReport[];
  /** Absent where the process has none. */
  caches?: CacheReport[];
}
