import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import type { Rollout } from './rollout.ts';

/** Asks change control whether the service may be changed now; what it says goes into the report. */
export async function obtainPermit(rollout: Rollout, spec: AnySpec): Promise<void> {
  const override = spec.kind === 'rollback' ? undefined : spec.override;
  const order = {
    environment: spec.environment,
    family: rollout.kind.family,
    kind: spec.kind,
    scopes: [{ of: 'service' as const, name: spec.service }],
    ...(override !== undefined && { override }),
  };
  await rollout.permit.obtain(order, rollout.settings, (note) => {
    rollout.notes.push(note);
    if (override !== undefined) rollout.record({ atMs: Date.now(), verb: 'override', ...override });
  });
}
