import type { z } from 'zod';
import { choice, duration, flag, mapping, number, share, wholeNumber } from '../kernel/written.ts';

/** How one metric's measurements become a verdict. */
export type JudgeSpec = ThresholdJudge | SequentialJudge | MannWhitneyJudge;

/** Compares each interval with the metric's bounds, and counts the intervals that fail. */
export interface ThresholdJudge {
  mode: 'threshold';
  /** A hold passes only with at least this many measurements that had data. */
  count: number;
  /** More failed measurements than this fail the hold. */
  failureLimit: number;
  /** Fewer requests to the new release than this in an interval is no data. */
  minRequests: number;
  /** Measurements in the first part of the hold do not count. */
  initialDelayMs?: number;
  /** More measurements without data than this end the hold as inconclusive. */
  inconclusiveLimit?: number;
  /** The hold passes as soon as this many measurements in a row have passed, and not before. */
  consecutiveSuccessLimit?: number;
}

/** Compares the bad requests of the canary with stable's, and decides as soon as the evidence is sufficient. */
export interface SequentialJudge {
  mode: 'sequential';
  /** Highest probability that a rollout, over all metrics and holds, rejects a release that is no worse. */
  alpha: number;
  /** The canary may be up to this many times as bad as stable. */
  tolerance: number;
  /** A hold passes only if it would have detected a canary this many times worse than `tolerance` allows ... */
  effect: number;
  /** ... with this probability. */
  power: number;
  /** All bad requests of one interval count as one: for errors that come in bursts. */
  bursts: boolean;
  /** The release is meant to fix a bad stable: it may exceed the bound if stable does too and it is no worse. */
  cure?: true;
  /** A hold may pass before its time is over. Absent: it may not. */
  endEarly?: EarlyEnd;
}

export interface EarlyEnd {
  /** The part of the hold that must have passed first. */
  afterMs: number;
  /** Highest probability that a canary `effect` times worse than allowed passes early. */
  beta: number;
}

/** Compares the ranks of the canary's values with stable's, once, at the end of the hold. */
export interface MannWhitneyJudge {
  mode: 'mannWhitney';
  /** As in SequentialJudge; both share one budget. */
  alpha: number;
  worse: 'higher' | 'lower' | 'either';
  /** The smallest change of the median that matters, as a fraction of stable's. */
  leastEffect: number;
  missing: 'remove' | 'zero';
  /** Share of samples without data above which the result is inconclusive. */
  maxMissing: number;
}

/** What each judge does, for the author of a spec. */
export const judges = {
  sequential:
    'Counts the bad requests of both tracks, and decides as soon as the evidence is sufficient.',
  threshold: 'Compares every interval with the bounds, and counts those that fail.',
  mannWhitney: "Compares the ranks of the canary's values with stable's, at the end of a hold.",
} as const;
export type JudgeName = keyof typeof judges;
export const judgeNames = Object.keys(judges) as JudgeName[];

export const alphaKey = {
  alpha: share('0.01% to 10%', 0.0001, 0.1)
    .prefault('1%')
    .describe(
      'Highest probability that a rollout rejects a release that is no worse than stable, 0.01% to 10%. Default: 1%.',
    ),
};

export const thresholdKeys = {
  count: wholeNumber(1, 10_000)
    .prefault(5)
    .describe('Number of measurements with data that a hold needs to pass. Default: 5.'),
  failureLimit: wholeNumber(0, 10_000)
    .prefault(2)
    .describe(
      'Number of failed measurements of one metric that are tolerated in a hold. Default: 2.',
    ),
  minRequests: wholeNumber(1, 1_000_000)
    .prefault(1)
    .describe(
      'Number of requests to the new release that an interval needs to count as data. Default: 1.',
    ),
  initialDelay: duration(0)
    .exactOptional()
    .describe(
      'Time at the start of the hold in which measurements do not count. A duration. Default: none.',
    ),
  inconclusiveLimit: wholeNumber(0, 10_000)
    .exactOptional()
    .describe(
      'Number of measurements without data that are tolerated before the hold ends as inconclusive. Default: no limit until the hold ends.',
    ),
  consecutiveSuccessLimit: wholeNumber(1, 10_000)
    .exactOptional()
    .describe(
      'Number of consecutive measurements that must pass; the hold then passes immediately. Default: the hold lasts its full time.',
    ),
};

export const sequentialKeys = {
  tolerance: number(1, 100)
    .prefault(1)
    .describe('How many times as bad as stable the canary may be. Default: 1.'),
  effect: number(1.5, 100)
    .prefault(5)
    .describe(
      'A hold passes only if it would have detected a canary this many times worse than tolerance allows. Default: 5.',
    ),
  power: share('50% to 99.9%', 0.5, 0.999)
    .prefault('80%')
    .describe(
      'Probability with which the hold would have detected such a canary, 50% to 99.9%. Default: 80%.',
    ),
  bursts: flag()
    .prefault(false)
    .describe(
      'Whether all bad requests of one interval count as one, for errors that come in bursts. Default: false.',
    ),
  cure: flag()
    .prefault(false)
    .describe(
      'For a release that fixes a bad stable: whether it passes although it exceeds the bound, if stable does too and the release is no worse. Default: false.',
    ),
  endEarly: mapping({
    after: duration(1_000).describe('Time of the hold that must have passed first. A duration.'),
    beta: share('0.01% to 20%', 0.0001, 0.2)
      .prefault('1%')
      .describe(
        'Highest probability that a canary that is worse by the effect passes early. Default: 1%.',
      ),
  })
    .transform(({ after: afterMs, beta }) => ({ afterMs, beta }))
    .exactOptional()
    .describe(
      'Ends a hold early for a release that is clearly good. Default: the hold lasts its full time.',
    ),
};

export const mannWhitneyKeys = {
  worse: choice(['higher', 'lower', 'either'])
    .prefault('higher')
    .describe('Which difference from stable is bad: higher, lower or either. Default: higher.'),
  leastEffect: share('0% to 100%', 0, 1)
    .prefault('10%')
    .describe("Smallest change that matters, as a percentage of stable's median. Default: 10%."),
  missing: choice(['remove', 'zero'])
    .prefault('remove')
    .describe(
      'How a sample without data is treated: left out (remove) or counted as 0 (zero). Default: remove.',
    ),
  maxMissing: share('0% to 99%', 0, 0.99)
    .prefault('50%')
    .describe(
      'Share of samples without data above which the result is inconclusive. Default: 50%.',
    ),
};

const ownKeys: Record<JudgeName, readonly string[]> = {
  threshold: Object.keys(thresholdKeys),
  sequential: Object.keys(sequentialKeys),
  mannWhitney: Object.keys(mannWhitneyKeys),
};

/** Keys of the other judges, with the advice for a spec that uses them. */
export function keysOfOthers(name: JudgeName, written: 'judge' | 'by'): Record<string, string> {
  const others = judgeNames.filter((other) => other !== name);
  const advice = others.flatMap((other) =>
    ownKeys[other].map((key) => [
      key,
      `only for ${written}: ${other}; leave it out, or write that`,
    ]),
  );
  return Object.fromEntries([
    ['alpha', `only for ${written}: sequential and mannWhitney; leave it out`],
    ...advice,
  ]) as Record<string, string>;
}

/** The judge whose keys these are, where none is named. */
export function defaultJudge(written: Readonly<Record<string, unknown>>): JudgeName {
  const isOf = (name: JudgeName) => ownKeys[name].some((key) => written[key] !== undefined);
  return judgeNames.find(isOf) ?? 'sequential';
}

/** A judge as it is written for one metric: its alpha is the whole rollout's. */
export type WrittenJudge =
  WrittenThreshold | Omit<WrittenSequential, 'alpha'> | Omit<WrittenMannWhitney, 'alpha'>;

type WrittenThreshold = { judge: 'threshold' } & z.output<z.ZodObject<typeof thresholdKeys>>;
type WrittenSequential = { judge: 'sequential'; alpha: number } & z.output<
  z.ZodObject<typeof sequentialKeys>
>;
type WrittenMannWhitney = { judge: 'mannWhitney'; alpha: number } & z.output<
  z.ZodObject<typeof mannWhitneyKeys>
>;

/** The judge as a rollout carries it: what is not written, and has no default, is absent. */
export function resolveJudge(
  written: WrittenThreshold | WrittenSequential | WrittenMannWhitney,
): JudgeSpec {
  switch (written.judge) {
    case 'threshold': {
      const { judge: mode, initialDelay, ...rest } = written;
      return { mode, ...rest, ...(initialDelay !== undefined && { initialDelayMs: initialDelay }) };
    }
    case 'sequential': {
      const { judge: mode, cure, ...rest } = written;
      return { mode, ...rest, ...(cure && { cure }) };
    }
    case 'mannWhitney': {
      const { judge: mode, ...rest } = written;
      return { mode, ...rest };
    }
  }
}
