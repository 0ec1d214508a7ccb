import type {
  CrashPodCall,
  FaultPods,
  PodAct,
  PodController,
} from '../../../src/contracts/chaos/pod-faults.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';
import { formatClaim, parseClaim, refuseClaimed } from '../../../src/policies/chaos/pod-claims.ts';

type Claims = Pick<FaultPods, 'readClaim' | 'writeClaim'>;

const mostTries = 3;

/** Nobody else hits pods of the same controller from here on. Refused while another run does. */
export async function takeClaim(
  pods: Claims,
  { act: { runRef, step }, pod, durationMs }: CrashPodCall,
): Promise<void> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const was = await pods.readClaim(pod);
    const nowMs = Date.now();
    const refusal = refuseClaimed(pod.owner, parseClaim(was), { nowMs, runRef });
    if (refusal !== undefined) throw new PartError('refused', refusal);
    const to = formatClaim({ runRef, step, untilMs: nowMs + longestFaultMs(durationMs) });
    if (await pods.writeClaim(pod, { ...(was !== undefined && { was }), to })) return;
  }
  const { kind, name } = pod.owner;
  throw new PartError('unavailable', `other runs claim ${kind} ${name} all the time`);
}

/** That of another run, or of a later act of the same one, stays. */
export async function dropClaim(
  pods: Claims,
  { act: { runRef, step }, pod }: PodAct,
): Promise<void> {
  const was = await pods.readClaim(pod);
  const held = parseClaim(was);
  if (was === undefined || held?.runRef !== runRef || held.step > step) return;
  await pods.writeClaim(pod, { was });
}

/** Why pods of these controllers cannot be hit now. */
export async function refuseControllers(
  pods: Claims,
  controllers: readonly PodController[],
): Promise<string[]> {
  const nowMs = Date.now();
  const refusals = controllers.map(async (controller) => {
    const held = parseClaim(await pods.readClaim(controller));
    return refuseClaimed(controller.owner, held, { nowMs });
  });
  return (await Promise.all(refusals)).filter((each) => each !== undefined);
}
