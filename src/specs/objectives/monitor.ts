import * as z from 'zod';
import { formatDuration } from '../kernel/duration.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { duration, idPart, listOf, mapping, share } from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';
import { objectiveSchema, type WrittenObjective } from './objective-schema.ts';
import type { CalendarUnit, Objective, SloMonitorSpec } from './objective.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const mostObjectives = 1_000;

export const sloMonitorSchema: z.ZodType<SloMonitorSpec> = mapping(
  {
    kind: z
      .literal('sloMonitor', { error: refusal('write sloMonitor, or leave kind out') })
      .prefault('sloMonitor')
      .describe('sloMonitor. Required by `belay`.'),
    environment: idPart('environment').describe('All of its objectives are in one monitor.'),
    zone: zone.prefault('UTC').describe('Where days and months begin. Default: UTC.'),
    lag: duration(0, 30 * minuteMs)
      .prefault('1m')
      .describe('A minute is read so long after its end. Default: 1m.'),
    keepMinutes: duration(dayMs, 1_100 * dayMs)
      .prefault('400d')
      .describe('How long minutes are kept in the ledger. Default: 400d.'),
    leastCoverage: share('1% to 100%', 0.01, 1)
      .prefault('90%')
      .describe('Less of a window measured is insufficient for a verdict. Default: 90%.'),
    silentAfter: duration(5 * minuteMs, 7 * dayMs)
      .prefault('15m')
      .describe('No data for so long is told to people. Default: 15m.'),
    objectives: listOf(objectiveSchema, 'write a list of objectives')
      .max(mostObjectives, { error: `has too many objectives; at most ${mostObjectives}` })
      .describe('What is measured, and what it should be.'),
  },
  {
    name: 'leave it out: an environment has one monitor',
    slos: 'write objectives',
    service: 'write it in each objective',
    timezone: 'write zone',
    schedule: 'leave it out: a monitor reads every minute until it is stopped',
  },
)
  .check(judgedBy(judgeMonitor))
  .transform((written): SloMonitorSpec => {
    const { kind, environment, lag, keepMinutes, leastCoverage, silentAfter } = written;
    return {
      ...{ kind, environment, lagMs: lag, keepMinutesMs: keepMinutes, leastCoverage },
      silentAfterMs: silentAfter,
      objectives: written.objectives.map((each) => inZone(each, written.zone)),
    };
  });

function inZone({ window, zone: own, ...objective }: WrittenObjective, zone: string): Objective {
  return {
    ...objective,
    window:
      typeof window === 'number'
        ? { of: 'rolling', lengthMs: window }
        : { of: 'calendar', unit: window, zone: own ?? zone },
  };
}

const longestUnitMs: Readonly<Record<CalendarUnit, number>> = {
  day: dayMs,
  week: 7 * dayMs,
  month: 31 * dayMs,
  quarter: 92 * dayMs,
  year: 366 * dayMs,
};

function judgeMonitor({ objectives, keepMinutes }: Unfinished): Finding[] {
  if (!Array.isArray(objectives)) return [];
  return [...judgeEach(objectives, keepMinutes), ...judgeComposites(objectives)];
}

/** Its members are measured by the same monitor, and no composites themselves. */
function judgeComposites(objectives: readonly unknown[]): Finding[] {
  const all = objectives.filter(isMapping);
  const names = all.map(({ name }) => name);
  const composites = all.filter((each) => membersOf(each).length > 0).map(({ name }) => name);
  return objectives.flatMap((objective, index) => {
    const members = isMapping(objective) ? membersOf(objective) : [];
    return members.flatMap((member, at): Finding[] => {
      const path = ['objectives', index, 'composite', at];
      const name = String(member);
      if (members.indexOf(member) < at) return [{ path, message: `${name} is there twice` }];
      if (composites.includes(member)) {
        return [{ path, message: `${name} is a composite; name what it is made of` }];
      }
      if (names.includes(member)) return [];
      return [{ path, message: `no objective of this monitor is called ${name}` }];
    });
  });
}

function membersOf({ source }: Unfinished): readonly unknown[] {
  return isMapping(source) && Array.isArray(source['members']) ? source['members'] : [];
}

function judgeEach(objectives: readonly unknown[], keepMinutes: unknown): Finding[] {
  const names = new Set<string>();
  return objectives.flatMap((objective: unknown, index) => {
    if (!isMapping(objective)) return [];
    const { name, window } = objective;
    const isTwice = typeof name === 'string' && names.has(name);
    if (typeof name === 'string') names.add(name);
    const lengthMs =
      typeof window === 'number' ? window : longestUnitMs[window as CalendarUnit] || undefined;
    const isTooLong =
      typeof keepMinutes === 'number' && lengthMs !== undefined && lengthMs > keepMinutes;
    return [
      ...(isTwice
        ? [
            {
              path: ['objectives', index, 'name'],
              message: `${name} is the name of another objective; give each its own`,
            },
          ]
        : []),
      ...(isTooLong
        ? [
            {
              path: ['objectives', index, 'window'],
              message: `is longer than minutes are kept (${formatDuration(keepMinutes)}), so it could never be measured whole; shorten it, or raise keepMinutes`,
            },
          ]
        : []),
    ];
  });
}
