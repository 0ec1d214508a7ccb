import { formatDuration } from '../../specs/kernel/duration.ts';
import type { RolloutEnd } from '../rollouts/rollout-end.ts';
import type { ServiceName } from '../service-name.ts';
import type { Paint } from './page.ts';
import { paintOutcome } from './verdict.ts';

/** The last words of a watched rollout. */
export function renderEnd(
  end: RolloutEnd,
  { environment, service }: ServiceName,
  paint: Paint,
): string {
  const name = paint.bold(`${environment}/${service}`);
  if (end.kind === 'unreported') return `${name}  ${paint.red(end.state)}: ${end.reason}`;
  const { report } = end;
  const took = formatDuration(report.endedAtMs - report.startedAtMs);
  return [
    `${name}  ${report.details.version}  ${paintOutcome(report.outcome, paint)} after ${took}: ${report.reason}`,
    ...report.notes.map((note) => `  ${note}`),
    paint.dim(
      `  The whole report: belay history ${environment}/${service} --report ${report.runRef}`,
    ),
  ].join('\n');
}
