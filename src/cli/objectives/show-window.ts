import type { Standing } from '../../contracts/objectives/standing.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';

export function showWindow({ window }: Pick<Standing, 'window'>): string {
  return window.of === 'rolling'
    ? formatDuration(window.lengthMs)
    : `${window.unit}, ${window.zone}`;
}
