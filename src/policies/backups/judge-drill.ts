import type { DrillDetails } from '../../contracts/backups/details.ts';
import type { Source } from '../../contracts/backups/source.ts';
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
  source: Source,
): AssertionResult[] {
  return [
    ...(objectives.rtoMs === undefined ? [] : [within('RTO', rtoMs, objectives.rtoMs)]),
    ...(objectives.rpoMs === undefined || !hasLog(source)
      ? []
      : [within('RPO', rpoMs, objectives.rpoMs)]),
  ];
}

/** Whether moments between its sets can be restored, so that an RPO says something of it. */
export function hasLog({ kind }: Source): boolean {
  return kind === 'postgres';
}

/** What was not measured has not passed. */
function within(name: string, seenMs: number | undefined, mostMs: number): AssertionResult {
  const expected = `at most ${formatDuration(mostMs)}`;
  if (seenMs === undefined) {
    const seen = 'not measured: the source took no mark, and its repository has no log';
    return { name, passed: false, seen, expected };
  }
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
