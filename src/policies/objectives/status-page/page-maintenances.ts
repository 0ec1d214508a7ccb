import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import type { PageMaintenance } from '../../../contracts/objectives/status-page.ts';
import { whyNotExcluded } from '../exclusions/judge-exclusion.ts';
import { stableId } from './stable-id.ts';

/** Maintenance that was announced in time and approved; it ends by itself. The next one comes first. */
export function pageMaintenances(
  exclusions: readonly Exclusion[],
  shown: readonly string[],
  nowMs: number,
): PageMaintenance[] {
  return exclusions
    .filter((each) => whyNotExcluded(each) === undefined)
    .flatMap((exclusion): PageMaintenance[] => {
      const { services = shown, publicTitle, announcedAtMs, fromMs, untilMs } = exclusion;
      const own = services.filter((service) => shown.includes(service));
      if (own.length === 0) return [];
      return [
        {
          id: stableId(`maintenance ${exclusion.id}`),
          ...(publicTitle !== undefined && { title: publicTitle }),
          ...{ services: own, announcedAtMs, fromMs, untilMs },
          state: stateAt(nowMs, { fromMs, untilMs }),
        },
      ];
    })
    .sort((one, other) => one.fromMs - other.fromMs);
}

function stateAt(
  nowMs: number,
  { fromMs, untilMs }: Pick<Exclusion, 'fromMs' | 'untilMs'>,
): PageMaintenance['state'] {
  if (nowMs < fromMs) return 'scheduled';
  return nowMs < untilMs ? 'in_progress' : 'completed';
}
