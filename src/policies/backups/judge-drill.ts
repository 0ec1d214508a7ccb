import type { DrillDetails } from '../../contracts/backups/details.ts';
import type { AssertionResult } from '../../contracts/backups/store.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { shortLabel } from '../../render/backups/short-label.ts';
import { listed } from './listed.ts';

interface Objectives {
  rpoMs?: number;
  rtoMs?: number;
}

/** Measured against the objectives of the plan, as answers beside the others. */
export function judgeObjectives(
  { rtoMs, rpoMs }: Pick<DrillDetails, 'rtoMs' | 'rpoMs'>,
  objectives: Objectives,
): AssertionResult[] {
  return [
    ...(objectives.rtoMs === undefined ? [] : [within('RTO', rtoMs, objectives.rtoMs)]),
    ...(objectives.rpoMs === undefined || rpoMs === undefined
      ? []
      : [within('RPO', rpoMs, objectives.rpoMs)]),
  ];
}

function within(name: string, seenMs: number, mostMs: number): AssertionResult {
  const expected = `at most ${formatDuration(mostMs)}`;
  return { name, passed: seenMs <= mostMs, seen: formatDuration(seenMs), expected };
}

/** `Proven` only where every answer is the one that was expected. */
export function concludeDrill({ component, label, rtoMs, rpoMs, assertions }: DrillDetails): {
  outcome: 'Proven' | 'NotProven';
  reason: string;
} {
  const set = `${shortLabel(label)} of ${component}`;
  const failed = assertions.filter((each) => !each.passed);
  if (failed.length > 0) {
    const why = failed.map(
      ({ name, seen, expected }) => `${name}: ${seen} (expected: ${expected})`,
    );
    return { outcome: 'NotProven', reason: `${set}: ${listed(why)}` };
  }
  const passed =
    assertions.length === 1 ? '1 assertion passed' : `${assertions.length} assertions passed`;
  const lost = rpoMs === undefined ? '' : `, at most ${formatDuration(rpoMs)} lost`;
  return {
    outcome: 'Proven',
    reason: `${set} was restored in ${formatDuration(rtoMs)}${lost}, and ${passed}`,
  };
}
