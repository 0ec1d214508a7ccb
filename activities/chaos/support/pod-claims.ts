import type {
  PodAct,
  PodClaim,
  PodClaims,
  PodController,
} from '../../../src/contracts/chaos/pod-faults.ts';
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
  const taken = await takeClaim(claims, call);
  try {
    await hit(taken.isRepeated);
  } catch (error) {
    // What cannot be given back is over at its time. This failure says more than that one.
    if (error instanceof PartError) {
      await giveBack(claims, call, { ...taken, code: error.code }).catch(() => undefined);
    }
    throw error;
  }
}

interface TakenClaim {
  /** An earlier attempt of the same act has taken it. */
  isRepeated: boolean;
  /** What is written now. */
  written: string;
  /** What was written before, by an earlier act of the same run. */
  before?: string;
}

async function takeClaim(
  claims: PodClaims,
  { act: { runRef, step }, pod, atMostMs }: ClaimedAct,
): Promise<TakenClaim> {
  let isRepeated: boolean | undefined;
  let before: string | undefined;
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const was = await claims.readClaim(pod);
    const held = parseClaim(was);
    const nowMs = Date.now();
    const refusal = refuseClaimed(pod.owner, held, { nowMs, runRef });
    if (refusal !== undefined) throw new PartError('refused', refusal);
    const own = held?.runRef === runRef ? held : undefined;
    isRepeated ??= own?.step === step;
    // It may have been written although nobody heard of that.
    if (own?.step !== step) before = own && was;
    const written = formatClaim({ runRef, ...laterOf(own, { step, untilMs: nowMs + atMostMs }) });
    if (await claims.writeClaim(pod, { ...(was !== undefined && { was }), to: written })) {
      return { isRepeated, written, ...(before !== undefined && { before }) };
    }
  }
  const { kind, name } = pod.owner;
  throw new PartError('unavailable', `other runs claim ${kind} ${name} all the time`);
}

/** An attempt that comes late does not take away what a later act of its own run has claimed. */
function laterOf(
  own: PodClaim | undefined,
  { step, untilMs }: Pick<PodClaim, 'step' | 'untilMs'>,
): Pick<PodClaim, 'step' | 'untilMs'> {
  if (own === undefined || own.step <= step) return { step, untilMs };
  return { step: own.step, untilMs: Math.max(own.untilMs, untilMs) };
}

/**
 * Where it can be said that nothing was done, and that nothing will be: its removal may have come before, and does not
 * come again. Any other failure is followed by it.
 */
async function giveBack(
  claims: PodClaims,
  call: ClaimedAct,
  { code, isRepeated, written, before }: TakenClaim & { code: PartError['code'] },
): Promise<void> {
  if (code === 'stale-fence') await dropClaim(claims, call);
  if (code !== 'refused' || isRepeated) return;
  await claims.writeClaim(call.pod, { was: written, ...(before !== undefined && { to: before }) });
}

/** That of another run, or of a later act of the same one, stays. */
export async function dropClaim(
  claims: PodClaims,
  { act: { runRef, step }, pod }: Pick<PodAct, 'act'> & { pod: PodController },
): Promise<void> {
  const was = await claims.readClaim(pod);
  const held = parseClaim(was);
  if (was === undefined || held?.runRef !== runRef || held.step > step) return;
  await claims.writeClaim(pod, { was });
}

/** A claim of this run ends then by itself, whoever dies before it is dropped. Where there is none, none is written. */
export async function boundClaim(
  claims: PodClaims,
  { runRef, pod, untilMs }: { runRef: string; pod: PodController; untilMs: number },
): Promise<void> {
  const was = await claims.readClaim(pod);
  const held = parseClaim(was);
  if (was === undefined || held?.runRef !== runRef) return;
  await claims.writeClaim(pod, { was, to: formatClaim({ ...held, untilMs }) });
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
