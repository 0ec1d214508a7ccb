import { heartbeatEveryMs } from '../../src/policies/rollouts/watch-heartbeat.ts';
import type { CanarySpec } from '../../src/specs/rollouts/canary.ts';
import { canarySchema } from '../../src/specs/rollouts/canary.ts';
import type { StageSpec } from '../../src/specs/rollouts/stage.ts';

/** The default ladder; a shortened run keeps its proportions. */
export const defaultCanary: CanarySpec = canarySchema.parse({
  kind: 'canary',
  service: 'any',
  environment: 'any',
  target: { platform: 'local' },
  release: { version: 'any', command: ['any'] },
});
export const defaultStages: StageSpec[] = defaultCanary.stages;

export const defaultHoldsMs = defaultStages.reduce((sum, { holdMs }) => sum + holdMs, 0);

/** The default ladder with this total time for its holds. */
export function scaledStages(holdsMs: number): StageSpec[] {
  return defaultStages.map((stage) => ({
    ...stage,
    holdMs: Math.round((stage.holdMs * holdsMs) / defaultHoldsMs),
  }));
}

/** The heartbeats that reach the server from holds of these lengths: one at once, then one per interval. */
export function heartbeatsOf(holdsMs: readonly number[], blindTimeMs: number): number {
  const everyMs = heartbeatEveryMs(blindTimeMs);
  return holdsMs.reduce((sum, holdMs) => sum + Math.ceil(holdMs / everyMs), 0);
}
