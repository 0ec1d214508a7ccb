import * as z from 'zod';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { duration, idPart, mapping, wholeNumber } from '../kernel/written.ts';
import { zone } from '../kernel/zone.ts';

/** Which sets of one repository are kept: those that any of these keeps. */
export interface RetentionRules {
  /** Younger than this, counted from the newest set that can be restored. */
  ageMs?: number;
  /** So many of the newest. */
  count: number;
  /** The last one of each of the newest days, weeks, months and years that have one. */
  daily: number;
  weekly: number;
  monthly: number;
  yearly: number;
  /** IANA time zone in which days, weeks, months and years begin. */
  zone: string;
  /** Every moment since this long ago stays restorable, where the source has a log. */
  pointInTimeMs?: number;
}

/** What is copied to another repository before it expires. */
export interface ColdStorageSpec {
  repository: string;
  /** The repository it is copied from; absent: the first one of the component. */
  from?: string;
  /** Of the copies: what they would not keep is not copied. */
  retention: RetentionRules;
}

export interface RetentionSpec extends RetentionRules {
  /** Rules of their own: nothing above applies to these repositories. */
  repositories: Readonly<Record<string, RetentionRules>>;
  coldStorage?: ColdStorageSpec;
  /** Safety copies of restores in place that are younger are kept; no other rule is about them. */
  safetyCopiesMs: number;
}

const dayMs = 86_400_000;
const longestMs = 100 * 365 * dayMs;
const defaultAgeMs = 30 * dayMs;
const defaultColdAgeMs = 365 * dayMs;

const counted = ['count', 'daily', 'weekly', 'monthly', 'yearly'] as const;
const ruleNames = ['age', ...counted].join(', ');

const last = (period: string) =>
  wholeNumber(0, 10_000)
    .exactOptional()
    .describe(`Keep the last set of each of so many ${period} that have one.`);

const rules = {
  age: duration(60_000, longestMs)
    .exactOptional()
    .describe(
      'Keep sets that are younger, counted from the newest one that can be restored. Default: 30d, where no other rule is written.',
    ),
  count: wholeNumber(0, 10_000).exactOptional().describe('Keep so many of the newest sets.'),
  daily: last('days'),
  weekly: last('weeks'),
  monthly: last('months'),
  yearly: last('years'),
  zone: zone.exactOptional().describe('IANA time zone in which a day begins. Default: UTC.'),
  pointInTime: duration(60_000, longestMs)
    .exactOptional()
    .describe(
      'Keep what is needed to restore any moment since this long ago, where the source has a log. Default: age.',
    ),
};

const mistaken = {
  days: 'write age, such as 30d, or daily: the last set of each of so many days',
  keep: 'write count',
  keepLast: 'write count',
  full: 'write count: sets are counted, and what they build on stays with them',
  hourly: 'write age, or count',
  pitr: 'write pointInTime',
  timezone: 'use zone',
};

const rulesSchema = mapping(rules, mistaken).check(judgedBy(judgeRules));

const coldStorage = mapping(
  {
    repository: idPart('repository').describe('Where sets are copied to before they expire.'),
    from: idPart('repository')
      .exactOptional()
      .describe('From where. Default: the first repository of the component.'),
    retention: rulesSchema
      .exactOptional()
      .describe('Of the copies. A set that it would not keep is not copied. Default: age 365d.'),
  },
  { to: 'write repository', keep: 'write retention' },
).check(
  judgedBy(({ repository, from }) =>
    typeof repository === 'string' && repository === from
      ? [{ path: ['from'], message: 'is the cold storage itself' }]
      : [],
  ),
);

/** What stands under `retention` in a plan. */
export const retentionSchema = mapping(
  {
    ...rules,
    repositories: z
      .record(idPart('repository'), rulesSchema, {
        error: refusal('write a mapping of repositories to rules'),
      })
      .exactOptional()
      .describe('Rules of their own for some repositories; the ones above do not apply there.'),
    coldStorage: coldStorage
      .exactOptional()
      .describe(
        'Another repository, to which sets are copied before they expire; those of PostgreSQL cannot be.',
      ),
    safetyCopies: duration(60_000, longestMs)
      .prefault('7d')
      .describe(
        'Keep what restores in place have replaced for so long; no other rule is about it. Default: 7d.',
      ),
  },
  mistaken,
)
  .check(judgedBy(judgeRules), judgedBy(judgeColdStorage))
  .transform(
    ({ repositories = {}, coldStorage: cold, safetyCopies, ...written }): RetentionSpec => {
      const zone = written.zone ?? 'UTC';
      return {
        ...rulesOf(written, { zone, ageMs: defaultAgeMs }),
        repositories: Object.fromEntries(
          Object.entries(repositories).map(([name, own]) => [
            name,
            rulesOf(own, { zone, ageMs: defaultAgeMs }),
          ]),
        ),
        safetyCopiesMs: safetyCopies,
        ...(cold && {
          coldStorage: {
            repository: cold.repository,
            ...(cold.from !== undefined && { from: cold.from }),
            retention: rulesOf(cold.retention ?? {}, { zone, ageMs: defaultColdAgeMs }),
          },
        }),
      };
    },
  )
  .prefault({})
  .describe('Which sets are kept: those that any of the rules keeps.');

type WrittenRules = z.output<z.ZodObject<typeof rules>>;

function rulesOf(written: WrittenRules, usual: { zone: string; ageMs: number }): RetentionRules {
  const isRuled = counted.some((rule) => written[rule] !== undefined);
  const ageMs = written.age ?? (isRuled ? undefined : usual.ageMs);
  const pointInTimeMs = written.pointInTime ?? ageMs;
  const { count = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0 } = written;
  return {
    ...(ageMs !== undefined && { ageMs }),
    ...{ count, daily, weekly, monthly, yearly },
    zone: written.zone ?? usual.zone,
    ...(pointInTimeMs !== undefined && { pointInTimeMs }),
  };
}

function judgeRules(given: Unfinished): Finding[] {
  const written = counted.filter((rule) => given[rule] !== undefined);
  if (given['age'] !== undefined || written.length === 0) return [];
  if (written.some((rule) => given[rule] !== 0)) return [];
  return [
    {
      path: [written[0] ?? 'count'],
      message: `0 would keep nothing; write at least one of ${ruleNames} that keeps a set`,
    },
  ];
}

function judgeColdStorage({ coldStorage: cold, repositories }: Unfinished): Finding[] {
  const { repository } = (cold ?? {}) as { repository?: unknown };
  if (typeof repository !== 'string' || !Object.hasOwn(repositories ?? {}, repository)) return [];
  return [
    {
      path: ['repositories', repository],
      message: 'is the cold storage; write its rules under coldStorage.retention',
    },
  ];
}
