/** One act of a run that an agent has on record. */
export interface KnownAct {
  step: number;
  /** Equal only for the same request. */
  digest: string;
}

export type ActVerdict =
  | { kind: 'new' }
  | { kind: 'known' }
  | { kind: 'refused'; code: 'stale-fence' | 'refused'; reason: string };

/** Whether an act of a run may begin, given the acts of that run so far, and the highest that is forgotten. */
export function judgeAct(
  { step, digest }: KnownAct,
  known: readonly KnownAct[],
  forgotten = -1,
): ActVerdict {
  const same = known.find((act) => act.step === step);
  if (same !== undefined) {
    if (same.digest === digest) return { kind: 'known' };
    const reason = `step ${step} of this run was another act; give every act a step of its own`;
    return { kind: 'refused', code: 'refused', reason };
  }
  if (step === forgotten) {
    const reason = `what became of step ${step} is not kept any more, so it is not run again`;
    return { kind: 'refused', code: 'stale-fence', reason };
  }
  const highest = Math.max(forgotten, ...known.map((act) => act.step));
  if (step > highest) return { kind: 'new' };
  const reason = `step ${step} comes after step ${highest} of the same run, which is later`;
  return { kind: 'refused', code: 'stale-fence', reason };
}
