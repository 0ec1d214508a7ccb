import type { MetricVerdict } from '../../contracts/chaos/details.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import type { Verdict } from './verdicts.ts';

/** Whether the target ran and the hypothesis held again in its time. */
export type Recovery =
  | { kind: 'seen'; afterMs: number }
  | { kind: 'unseen'; why: string }
  /** Nobody waited for it any longer. */
  | { kind: 'given-up'; why: string };

/** All that is known of an experiment once its faults were removed. */
export interface Findings {
  /** What could not be shown to be gone. */
  leftBehind: readonly string[];
  recovery: Recovery;
  /** Faults whose injection failed. */
  notInjected: readonly string[];
  /** Faults that were injected, and that no probe saw. */
  ineffective: readonly string[];
  /** Who or what ended it early. */
  halted: string | undefined;
  /** Faults that were gone before their time. */
  vanished: readonly string[];
  /** Faults that were there to the end, and of which no probe saw that they still did anything. */
  idle: readonly string[];
  /** Faults of which nobody could say whether they were there to the end. */
  unseen: readonly string[];
  /** Absent: nothing was watched while the faults were there. */
  during: readonly MetricVerdict[] | undefined;
}

interface Conclusion {
  outcome: Verdict;
  reason: string;
}

/** The verdict. What was left behind outranks all; a target that did not recover in its time has failed. */
export function conclude(findings: Findings): Conclusion {
  const { leftBehind, recovery, halted } = findings;
  if (leftBehind.length > 0) {
    return { outcome: 'LeftBehind', reason: `still there: ${leftBehind.join('; ')}` };
  }
  if (recovery.kind === 'unseen') {
    const early = halted === undefined ? '' : `; it was halted before: ${halted}`;
    return { outcome: 'Failed', reason: `${recovery.why}${early}` };
  }
  const { outcome, reason } = concludeFault(findings);
  if (recovery.kind === 'given-up') {
    const unknown = `${reason}; recovery was not seen: ${recovery.why}`;
    return { outcome: outcome === 'Passed' ? 'Inconclusive' : outcome, reason: unknown };
  }
  if (outcome !== 'Passed') return { outcome, reason };
  const recovered = `held again ${formatDuration(recovery.afterMs)} after it`;
  return { outcome, reason: `${reason}, and ${recovered}` };
}

/** Of what was known before the recovery. */
function concludeFault(findings: Findings): Conclusion {
  const { halted, during = [] } = findings;
  if (halted !== undefined) return { outcome: 'Aborted', reason: halted };
  const notInjected = [
    ...said('was not injected', findings.notInjected),
    ...said('no probe saw the fault', findings.ineffective),
  ];
  if (notInjected.length > 0) return { outcome: 'NotInjected', reason: notInjected.join('; ') };
  const failed = during.filter(({ state }) => state === 'fails');
  if (failed.length > 0) return { outcome: 'Failed', reason: describeMetrics(failed) };
  const early = [
    ...said('gone before its time', findings.vanished),
    ...said('no probe saw at the end that it still did anything', findings.idle),
    ...said('nobody saw whether it was still there at the end', findings.unseen),
  ];
  if (early.length > 0) return { outcome: 'Inconclusive', reason: early.join('; ') };
  const unknown = during.filter(({ state }) => state === 'no-data');
  if (unknown.length > 0) return { outcome: 'Inconclusive', reason: describeMetrics(unknown) };
  if (during.length === 0) {
    return { outcome: 'Inconclusive', reason: 'nothing was sampled while the fault was there' };
  }
  return { outcome: 'Passed', reason: 'the hypothesis held during the fault' };
}

function said(what: string, of: readonly string[]): string[] {
  return of.length === 0 ? [] : [`${what}: ${of.join('; ')}`];
}

export function describeMetrics(verdicts: readonly MetricVerdict[]): string {
  return verdicts.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
}
