import type { FoundReady } from '../../../src/contracts/rollouts/workload.ts';
import type { Rollout } from '../../kernel/rollout.ts';
import type { ServiceActs } from './service-acts.ts';

/** Tells once what runs in place of what was asked for. Undefined: by an activity of an earlier version. */
export function noteRewritten(rollout: Rollout, found: FoundReady | undefined): void {
  const known = new Set(rollout.notes);
  rollout.notes.push(...(found?.rewritten ?? []).filter((line) => !known.has(line)));
}

/** What others wrote while the service was held takes effect once it is released. */
export function noteReleased(rollout: Rollout, changes: string[] | undefined): void {
  if (changes === undefined || changes.length === 0) return;
  rollout.notes.push(`Others changed the target, and that takes effect now: ${changes.join('; ')}`);
}

/** Put back once; who changes it again means it, and a person decides. */
export async function putBackOnce(
  rollout: Rollout,
  acts: ServiceActs,
  found: FoundReady | undefined,
): Promise<void> {
  const changes = found?.drift ?? [];
  if (changes.length === 0 || rollout.hasCorrectedDrift) return;
  rollout.hasCorrectedDrift = true;
  rollout.notes.push(`Others changed the target, and it was put back: ${changes.join('; ')}`);
  await acts.correctDrift();
}
