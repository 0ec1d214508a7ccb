import { localMoment } from '../../adapters/calendar/local-moment.ts';
import { readMoment } from '../../policies/kernel/change-control/read-moment.ts';

const localPattern = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/;

/** Whether only a zone says which moment it is. */
export function isLocalTime(written: string): boolean {
  return localPattern.test(written);
}

/** A moment with its offset, or a local time of a zone. */
export function momentInZone(written: string, zone: string): { ms: number } | { problem: string } {
  if (!isLocalTime(written)) return readMoment(written);
  const ms = localMoment(written.replace(' ', 'T'), zone);
  if (ms !== undefined) return { ms };
  const given = JSON.stringify(written);
  return {
    problem: `${given} does not exist in ${zone}, or exists twice there; write it with its offset, such as 2026-12-24T02:00+01:00`,
  };
}
