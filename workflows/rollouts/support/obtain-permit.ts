import { rolloutKinds } from '../../../src/kinds/rollouts.ts';
import type { AnySpec } from '../../../src/specs/rollouts/resolution.ts';
import type { PermitOrder } from '../../kernel/permit.ts';
import type { Rollout } from './rollout.ts';

/** Asks change control whether the service may be changed now; what it says goes into the report. */
export async function obtainPermit(rollout: Rollout, spec: AnySpec): Promise<void> {
  const order = permitOrder(spec);
  const { override } = order;
  await rollout.permit.obtain(order, rollout.settings, (note) => {
    rollout.notes.push(note);
    if (override !== undefined) rollout.record({ atMs: Date.now(), verb: 'override', ...override });
  });
}

/** What a rollout of this spec asks change control for. */
export function permitOrder(spec: AnySpec): PermitOrder {
  const override = spec.kind === 'rollback' ? undefined : spec.override;
  return {
    environment: spec.environment,
    family: rolloutKinds[spec.kind].family,
    kind: spec.kind,
    scopes: [{ of: 'service', name: spec.service }],
    ...(override !== undefined && { override }),
  };
}
