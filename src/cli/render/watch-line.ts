import type { RolloutStatus, StageStatus } from '../../contracts/status.ts';
import { formatMeasured } from '../../policies/report/measured.ts';
import { formatMoment, type Page } from './page.ts';

/** One line for what is new since the last status; nothing where nothing is. For logs and pipes. */
export function renderWatchLine(
  status: RolloutStatus,
  last: RolloutStatus | undefined,
  page: Page,
): string | undefined {
  const facts = watchedFacts(status);
  if (last && facts === watchedFacts(last)) return undefined;
  return `${formatMoment(page.nowMs, page)}  ${status.environment}/${status.service}  ${facts}`;
}

function watchedFacts(status: RolloutStatus): string {
  const active = status.stages.find(({ state }) => state === 'active');
  return [
    `${status.version} ${status.weight} %`,
    status.phase,
    status.now,
    ...(active ? measuredFacts(active) : []),
  ].join('  ');
}

function measuredFacts(stage: StageStatus): string[] {
  const newest = new Map(stage.measurements.map((each) => [each.metric, each]));
  return [...newest.values()].map(({ metric, value, result }) => {
    const text = value === undefined ? 'no data' : formatMeasured(metric, value);
    return `${metric} ${text}${result === 'pass' ? '' : ` (${result})`}`;
  });
}
