import { isLocalTime, momentInZone } from './moment-in-zone.ts';
import type { Span } from '../../policies/objectives/tally.ts';
import { zone as zoneSchema } from '../../specs/kernel/zone.ts';

export interface WrittenSpan {
  from: string;
  to: string;
  zone: string;
}

export interface ReadSpan {
  /** Absent where one of the times cannot be read. */
  span?: Span;
  problems: string[];
}

/** `--from` and `--to`, in `--zone` unless they have an offset. */
export function readSpan({ from, to, zone }: WrittenSpan): ReadSpan {
  const { success, error } = zoneSchema.safeParse(zone);
  const problems = success ? [] : error.issues.map(({ message }) => `--zone: ${message}`);
  const read = (option: string, written: string): number | undefined => {
    // With a zone that does not exist, only times with an offset say which moment they are.
    if (!success && isLocalTime(written)) return undefined;
    const moment = momentInZone(written, zone);
    if ('ms' in moment) return moment.ms;
    problems.push(`${option}: ${moment.problem}`);
    return undefined;
  };
  const [fromMs, untilMs] = [read('--from', from), read('--to', to)];
  if (fromMs === undefined || untilMs === undefined) return { problems };
  return { span: { fromMs, untilMs }, problems };
}
