import type { FoundReady } from '../../../src/contracts/rollouts/workload.ts';
import type { OpenService } from './open-service.ts';
import type { Rollout } from './rollout.ts';

/** Notes once what runs instead of what was requested. Undefined: from an activity of an earlier version. */
export function noteRewritten(rollout: Rollout, found: FoundReady | undefined): void {
  const known = new Set(rollout.notes);
  rollout.notes.push(...(found?.rewritten ?? []).filter((line) => !known.has(line)));
}

/** Changes that others made while the service was claimed take effect once it is released. */
export function noteReleased(rollout: Rollout, changes: string[] | undefined): void {
  if (changes === undefined || changes.length === 0) return;
  rollout.notes.push(
    `Others changed the target, and their changes take effect now: ${changes.join('; ')}`,
  );
}

/** Changes are undone once; if someone makes them again, a person decides. */
export async function putBackOnce(
  rollout: Rollout,
  service: OpenService,
  found: FoundReady | undefined,
): Promise<void> {
  const changes = found?.drift ?? [];
  if (changes.length === 0 || service.hasCorrectedDrift) return;
  service.hasCorrectedDrift = true;
  rollout.notes.push(
    `Others changed the target, and their changes were undone: ${changes.join('; ')}`,
  );
  await service.acts.correctDrift();
}
