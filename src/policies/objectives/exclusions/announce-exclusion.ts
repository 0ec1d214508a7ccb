import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import { minuteMs } from '../../../contracts/objectives/minute.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

const longestMs = 7 * 86_400_000;
const furthestMs = 366 * 86_400_000;

/** A service that no objective is about has nothing to exclude. */
export function unknownServices(
  announced: readonly string[] = [],
  measured: readonly string[] = [],
): string[] {
  const unknown = announced.filter((service) => !measured.includes(service));
  if (unknown.length === 0) return [];
  return [
    `--service: no objective is about ${unknown.join(', ')}; there are ${measured.join(', ')}`,
  ];
}

type Announced = Pick<Exclusion, 'fromMs' | 'untilMs' | 'services'>;

/** Everything that is wrong with maintenance that somebody announces. */
export function problemsOfAnnouncement(
  announced: Announced,
  known: readonly Exclusion[],
  nowMs: number,
): string[] {
  const { fromMs, untilMs } = announced;
  return [
    ...(untilMs <= fromMs ? ['--to: is not after --from'] : []),
    ...(fromMs <= nowMs
      ? [
          '--from: has passed; maintenance is announced before it begins. An outage is recorded by belay slo downtime',
        ]
      : []),
    ...(fromMs > nowMs + furthestMs ? ['--from: is more than a year from now'] : []),
    ...(fromMs % minuteMs !== 0 || untilMs % minuteMs !== 0
      ? ['--from, --to: write whole minutes']
      : []),
    ...(untilMs - fromMs > longestMs
      ? [
          `--to: is ${formatDuration(untilMs - fromMs)} after --from; at most ${formatDuration(longestMs)}`,
        ]
      : []),
    ...known
      .filter((each) => overlaps(each, announced))
      .map(({ id, by }) => `--from, --to: overlaps ${id}, which was announced by ${by}`),
  ];
}

function overlaps(known: Exclusion, { fromMs, untilMs, services }: Announced): boolean {
  if (known.withdrawnAtMs !== undefined) return false;
  if (known.fromMs >= untilMs || known.untilMs <= fromMs) return false;
  if (known.services === undefined || services === undefined) return true;
  return known.services.some((service) => services.includes(service));
}
