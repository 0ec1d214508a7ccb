import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import type { PageMaintenance } from '../../../contracts/objectives/status-page.ts';
import { whyNotExcluded } from '../exclusions/judge-exclusion.ts';

/** Maintenance that was announced in time and approved; it ends by itself. The next one comes first. */
export function pageMaintenances(
  exclusions: readonly Exclusion[],
  shown: readonly string[],
  nowMs: number,
): PageMaintenance[] {
  return exclusions
    .filter((each) => whyNotExcluded(each) === undefined)
    .flatMap(({ id, why, services = shown, announcedAtMs, fromMs, untilMs }): PageMaintenance[] => {
      const own = services.filter((service) => shown.includes(service));
      if (own.length === 0) return [];
      const state = stateAt(nowMs, { fromMs, untilMs });
      return [{ id, title: why, services: own, announcedAtMs, fromMs, untilMs, state }];
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
