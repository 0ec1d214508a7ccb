import type { PodAct, PodClaims, PodController } from '../../../src/contracts/chaos/pod-faults.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { formatClaim, parseClaim, refuseClaimed } from '../../../src/policies/chaos/pod-claims.ts';

const mostTries = 3;

interface ClaimedAct extends PodAct {
  /** The most that what is done to the pod may last. */
  atMostMs: number;
}

/**
 * Nobody else hits pods of the same controller from here on, until `dropClaim`. Refused while another run does, and
 * where the controller is gone. `isRepeated`: an earlier attempt of this act has come as far.
 */
export async function hitUnderClaim(
  claims: PodClaims,
  call: ClaimedAct,
  hit: (isRepeated: boolean) => Promise<void>,
): Promise<void> {
  const isRepeated = await takeClaim(claims, call);
  try {
    await hit(isRepeated);
  } catch (error) {
    // Its removal is over and does not come again. Any other failure is followed by it.
    const isLate = error instanceof PartError && error.code === 'stale-fence';
    if (isLate) await dropClaim(claims, call);
    throw error;
  }
}

/** Whether an earlier attempt of the same act has taken it. */
async function takeClaim(
  claims: PodClaims,
  { act: { runRef, step }, pod, atMostMs }: ClaimedAct,
): Promise<boolean> {
  let isRepeated: boolean | undefined;
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const was = await claims.readClaim(pod);
    const held = parseClaim(was);
    const nowMs = Date.now();
    const refusal = refuseClaimed(pod.owner, held, { nowMs, runRef });
    if (refusal !== undefined) throw new PartError('refused', refusal);
    isRepeated ??= held?.runRef === runRef && held.step === step;
    const to = formatClaim({ runRef, step, untilMs: nowMs + atMostMs });
    if (await claims.writeClaim(pod, { ...(was !== undefined && { was }), to })) return isRepeated;
  }
  const { kind, name } = pod.owner;
  throw new PartError('unavailable', `other runs claim ${kind} ${name} all the time`);
}

/** That of another run, or of a later act of the same one, stays. */
export async function dropClaim(
  claims: PodClaims,
  { act: { runRef, step }, pod }: PodAct,
): Promise<void> {
  const was = await claims.readClaim(pod);
  const held = parseClaim(was);
  if (was === undefined || held?.runRef !== runRef || held.step > step) return;
  await claims.writeClaim(pod, { was });
}

/** Why pods of these controllers cannot be hit now. */
export async function refuseControllers(
  claims: PodClaims,
  controllers: readonly PodController[],
): Promise<string[]> {
  const nowMs = Date.now();
  const refusals = controllers.map(async (controller) => {
    const held = parseClaim(await claims.readClaim(controller));
    return refuseClaimed(controller.owner, held, { nowMs });
  });
  return (await Promise.all(refusals)).filter((each) => each !== undefined);
}
