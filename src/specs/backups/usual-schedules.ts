import type { ScheduledKey } from './schedules.ts';

/** One after the other in the night, so that none waits for another. */
export function usualSchedule(key: ScheduledKey): unknown {
  switch (key) {
    case 'backup':
      return { cron: '0 2 * * *' };
    case 'retention':
      return { cron: '0 5 * * *' };
    case 'drill':
      return { cron: '0 6 * * 0' };
    case 'verification':
    case 'replication':
      return 'never';
  }
}
