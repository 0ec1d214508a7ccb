import type { MetricVerdict } from '../../contracts/chaos/details.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

export type Verdict =
  'Passed' | 'Failed' | 'Inconclusive' | 'NotInjected' | 'Aborted' | 'LeftBehind';

/** All that is known of an experiment once its faults were removed. */
export interface Findings {
  /** What could not be shown to be gone. */
  leftBehind: readonly string[];
  /** Absent: the hypothesis did not hold again in its time. */
  recoveredAfterMs: number | undefined;
  recoverWithinMs: number;
  /** Where no probe saw a fault that was injected. */
  notInjected: readonly string[];
  /** Who or what ended it early. */
  halted: string | undefined;
  /** Faults that were gone before their time. */
  vanished: readonly string[];
  /** Faults of which nobody could say whether they were there to the end. */
  unseen: readonly string[];
  /** Absent: nothing was watched while the faults were there. */
  during: readonly MetricVerdict[] | undefined;
}

/** The verdict. What was left behind outranks all; a recovery that was never seen is a failure. */
export function conclude(findings: Findings): { outcome: Verdict; reason: string } {
  const { leftBehind, recoveredAfterMs, notInjected, halted, during = [] } = findings;
  if (leftBehind.length > 0) {
    return { outcome: 'LeftBehind', reason: `still there: ${leftBehind.join('; ')}` };
  }
  if (recoveredAfterMs === undefined) {
    const within = formatDuration(findings.recoverWithinMs);
    const early = halted === undefined ? '' : `; it was halted before: ${halted}`;
    return {
      outcome: 'Failed',
      reason: `the hypothesis did not hold again within ${within}${early}`,
    };
  }
  if (halted !== undefined) return { outcome: 'Aborted', reason: halted };
  if (notInjected.length > 0) {
    return { outcome: 'NotInjected', reason: `no probe saw the fault: ${notInjected.join('; ')}` };
  }
  const failed = during.filter(({ state }) => state === 'fails');
  if (failed.length > 0) return { outcome: 'Failed', reason: list(failed) };
  const early = endedEarly(findings);
  if (early.length > 0) return { outcome: 'Inconclusive', reason: early.join('; ') };
  const unknown = during.filter(({ state }) => state === 'no-data');
  if (unknown.length > 0) return { outcome: 'Inconclusive', reason: list(unknown) };
  if (during.length === 0) {
    return { outcome: 'Inconclusive', reason: 'nothing was sampled while the fault was there' };
  }
  const recovered = `held again ${formatDuration(recoveredAfterMs)} after it`;
  return { outcome: 'Passed', reason: `the hypothesis held during the fault, and ${recovered}` };
}

/** What speaks against a fault that was there to the end. */
function endedEarly({ vanished, unseen }: Findings): string[] {
  return [
    ...(vanished.length > 0 ? [`gone before its time: ${vanished.join('; ')}`] : []),
    ...(unseen.length > 0
      ? [`nobody saw whether it was still there at the end: ${unseen.join('; ')}`]
      : []),
  ];
}

function list(verdicts: readonly MetricVerdict[]): string {
  return verdicts.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}
