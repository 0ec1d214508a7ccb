import { heartbeatEveryMs } from '../../src/policies/rollouts/watch-heartbeat.ts';
import type { CanarySpec } from '../../src/specs/rollouts/canary.ts';
import { canarySchema } from '../../src/specs/rollouts/canary.ts';
import type { StageSpec } from '../../src/specs/rollouts/stage.ts';

/** The default ladder, of which a shortened run keeps the proportions. */
export const defaultCanary: CanarySpec = canarySchema.parse({
  kind: 'canary',
  service: 'any',
  environment: 'any',
  target: { platform: 'local' },
  release: { version: 'any', command: ['any'] },
});
export const defaultStages: StageSpec[] = defaultCanary.stages;

export const defaultHoldsMs = defaultStages.reduce((sum, { holdMs }) => sum + holdMs, 0);

/** The default ladder with this much time for all its holds together. */
export function scaledStages(holdsMs: number): StageSpec[] {
  return defaultStages.map((stage) => ({
    ...stage,
    holdMs: Math.round((stage.holdMs * holdsMs) / defaultHoldsMs),
  }));
}

/** Heartbeats that reach the server from holds of these lengths: at once, then every so often. */
export function heartbeatsOf(holdsMs: readonly number[], blindTimeMs: number): number {
  const everyMs = heartbeatEveryMs(blindTimeMs);
  return holdsMs.reduce((sum, holdMs) => sum + Math.ceil(holdMs / everyMs), 0);
}
