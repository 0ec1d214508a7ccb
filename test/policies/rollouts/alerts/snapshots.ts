import { writtenTarget } from '../../../../src/specs/rollouts/written-spec.ts';
import type {
  Alert,
  ClosedRollout,
  OpenRolloutSnapshot,
  FoundService,
} from '../../../../src/contracts/rollouts/alerts.ts';

export const minute = 60_000;
/** Noon; all times in these tests are told from it. */
export const noon = Date.UTC(2026, 0, 1, 12);

/** Began at noon, and was told of at once, unless given otherwise. */
export function alert(over: Partial<Alert> = {}): Alert {
  const startsAtMs = over.startsAtMs ?? noon;
  return {
    fingerprint: 'f00d',
    name: 'HighErrorRate',
    status: 'firing',
    startsAtMs,
    receivedAtMs: Math.max(noon, startsAtMs),
    subject: { deployment: 'shop', namespace: 'demo' },
    ...over,
  };
}

/** v2 over v1, at five minutes to noon. */
export function promotion(over: Partial<ClosedRollout> = {}): ClosedRollout {
  return {
    rolloutId: 'r-2',
    kind: 'canary',
    outcome: 'Promoted',
    version: 'v2',
    previousVersion: 'v1',
    endedAtMs: noon - 5 * minute,
    ...over,
  };
}

/** v3, which got its first traffic at five minutes to noon. */
export function open(over: Partial<OpenRolloutSnapshot> = {}): OpenRolloutSnapshot {
  return {
    rolloutId: 'r-3',
    runId: 'run-3',
    kind: 'canary',
    version: 'v3',
    phase: 'holding',
    trafficSinceMs: noon - 5 * minute,
    ...over,
  };
}

/** A shop that serves v2, which was promoted, and keeps v1. */
export function shop(over: Partial<FoundService> = {}): FoundService {
  return {
    service: 'shop',
    environment: 'demo',
    target: writtenTarget({ platform: 'local' }),
    history: [promotion()],
    serving: { version: 'v2', kept: [{ revision: 1, version: 'v1' }] },
    ...over,
  };
}
