import type { CampaignRow, CampaignScore } from '../../../contracts/chaos/campaign-details.ts';
import { leavesFault } from '../verdicts.ts';

type Counted = Pick<CampaignRow, 'experiment' | 'outcome' | 'reason' | 'weight'>;

type Weighted = Pick<CampaignRow, 'weight'>;

const hasFailed = ({ outcome }: Counted) =>
  outcome === 'Failed' || (leavesFault(outcome) && outcome !== 'Lost');

/** Of all that were planned: nothing that is not known counts as passed. */
export function scoreOf(rows: readonly Counted[], planned: readonly Weighted[]): CampaignScore {
  const weightOf = (some: readonly Weighted[]) => some.reduce((sum, { weight }) => sum + weight, 0);
  const all = weightOf(planned);
  if (all === 0) return { passed: 0, failed: 0, unknown: 1 };
  const passed = weightOf(rows.filter(({ outcome }) => outcome === 'Passed')) / all;
  const failed = weightOf(rows.filter(hasFailed)) / all;
  return { passed, failed, unknown: Math.max(0, 1 - passed - failed) };
}

export type CampaignVerdict = 'Passed' | 'Failed' | 'Inconclusive' | 'Aborted' | 'LeftBehind';

/** The verdict. What was left behind outranks all; only a campaign whose experiments all passed has passed. */
export function concludeCampaign({
  rows,
  halted,
}: {
  rows: readonly Counted[];
  /** Who ended it early. */
  halted: string | undefined;
}): { outcome: CampaignVerdict; reason: string } {
  const left = rows.filter(({ outcome }) => leavesFault(outcome));
  if (left.length > 0) return { outcome: 'LeftBehind', reason: list(left) };
  const failed = rows.filter(({ outcome }) => outcome === 'Failed');
  if (failed.length > 0) return { outcome: 'Failed', reason: list(failed) };
  if (halted !== undefined) return { outcome: 'Aborted', reason: halted };
  const aborted = rows.filter(({ outcome }) => outcome === 'Aborted');
  if (aborted.length > 0) return { outcome: 'Aborted', reason: list(aborted) };
  const unknown = rows.filter(({ outcome }) => outcome !== 'Passed');
  if (unknown.length > 0) return { outcome: 'Inconclusive', reason: list(unknown) };
  if (rows.length === 0) return { outcome: 'Inconclusive', reason: 'no experiment was run' };
  const counted = rows.length === 1 ? 'the experiment' : `each of ${rows.length} experiments`;
  return { outcome: 'Passed', reason: `${counted} passed` };
}

const mostNamed = 3;

function list(rows: readonly Counted[]): string {
  const named = rows
    .slice(0, mostNamed)
    .map(({ experiment, outcome, reason }) => `${experiment}: ${outcome}: ${reason}`);
  const more = rows.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
