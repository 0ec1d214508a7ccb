import type { ProbeOutcome } from '../../../contracts/recovery/playbooks/activities.ts';

type Readiness = Pick<ProbeOutcome, 'passed' | 'outputs'>;

/** All that the plan asks for are ready: fewer that are whole may be what something else made of it. */
export function judgeServing(
  { passed, outputs }: Readiness,
  replicas: number,
): { isReady: boolean; why: string } {
  const { ready, wanted, why } = outputs;
  const known = typeof wanted === 'number' ? wanted : 0;
  const counted = `${typeof ready === 'number' ? ready : 0} of ${known}`;
  if (known < replicas) {
    const changed = `${known} replicas are wanted, and ${replicas} by the plan: something else scales it`;
    return { isReady: false, why: `${counted}; ${changed}` };
  }
  const detail = typeof why === 'string' && why !== '' ? `: ${why}` : '';
  return { isReady: passed, why: `${counted}${detail}` };
}
