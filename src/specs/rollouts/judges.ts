import type { z } from 'zod';
import { choice, duration, flag, mapping, number, share, wholeNumber } from '../kernel/written.ts';

/** How one metric's measurements become a verdict. */
export type JudgeSpec = ThresholdJudge | SequentialJudge | MannWhitneyJudge;

/** Holds each interval against the metric's bounds, and counts the intervals. */
export interface ThresholdJudge {
  mode: 'threshold';
  /** A hold passes only with at least this many measurements that had data. */
  count: number;
  /** More failed measurements than this fail the hold. */
  failureLimit: number;
  /** Fewer requests to the new release than this in an interval is no data. */
  minRequests: number;
  /** What is measured in the first part of the hold decides nothing. */
  initialDelayMs?: number;
  /** More measurements without data than this end the hold as inconclusive. */
  inconclusiveLimit?: number;
  /** A hold passes only once so many measurements in a row passed, and then at once. */
  consecutiveSuccessLimit?: number;
}

/** Holds the bad requests of the canary against stable's, and decides as soon as they tell. */
export interface SequentialJudge {
  mode: 'sequential';
  /** Highest probability with which one rollout rejects a release that is no worse: all metrics and holds. */
  alpha: number;
  /** The canary may be so many times as bad as stable. */
  tolerance: number;
  /** A hold passes if it would have found out a canary so many times worse than it may be ... */
  effect: number;
  /** ... with this probability. */
  power: number;
  /** Bad requests of one interval count as one: for errors that come in bursts. */
  bursts: boolean;
  /** The release is to mend a bad stable: worse than the bound, as stable is, passes. */
  cure?: true;
  /** A hold may end before its time with a pass. Absent: it may not. */
  endEarly?: EarlyEnd;
}

export interface EarlyEnd {
  /** Not before so much of the hold was seen. */
  afterMs: number;
  /** Highest probability with which a canary `effect` times worse than it may be passes early. */
  beta: number;
}

/** Holds the canary's values against stable's by their ranks, once, at the hold's end. */
export interface MannWhitneyJudge {
  mode: 'mannWhitney';
  /** As in SequentialJudge, and shared with it. */
  alpha: number;
  worse: 'higher' | 'lower' | 'either';
  /** The smallest change of the median that matters, as a fraction of stable's. */
  leastEffect: number;
  missing: 'remove' | 'zero';
  /** Share of looks without data above which nothing can be told. */
  maxMissing: number;
}

/** What each of them does, in words for a spec's author. */
export const judges = {
  sequential: 'Counts bad requests of both tracks, and decides as soon as they tell.',
  threshold: 'Holds every interval against the bounds, and counts those that fail.',
  mannWhitney: "Holds the canary's values against stable's by their ranks, at a hold's end.",
} as const;
export type JudgeName = keyof typeof judges;
export const judgeNames = Object.keys(judges) as JudgeName[];

export const alphaKey = {
  alpha: share('0.01% to 10%', 0.0001, 0.1)
    .prefault('1%')
    .describe(
      'Highest probability with which a rollout rejects a release that is no worse, 0.01% to 10%. Default: 1%.',
    ),
};

export const thresholdKeys = {
  count: wholeNumber(1, 10_000)
    .prefault(5)
    .describe('Measurements with data that a hold needs to pass. Default: 5.'),
  failureLimit: wholeNumber(0, 10_000)
    .prefault(2)
    .describe('Failed measurements of one metric that are forgiven in a hold. Default: 2.'),
  minRequests: wholeNumber(1, 1_000_000)
    .prefault(1)
    .describe('Requests to the new release that an interval needs to count as data. Default: 1.'),
  initialDelay: duration(0)
    .exactOptional()
    .describe('First part of the hold in which nothing is judged. A duration. Default: none.'),
  inconclusiveLimit: wholeNumber(0, 10_000)
    .exactOptional()
    .describe(
      'Measurements without data that are forgiven before the hold ends as inconclusive. Default: all, up to its end.',
    ),
  consecutiveSuccessLimit: wholeNumber(1, 10_000)
    .exactOptional()
    .describe(
      'Measurements in a row that must pass, and then end the hold at once. Default: it lasts its time.',
    ),
};

export const sequentialKeys = {
  tolerance: number(1, 100)
    .prefault(1)
    .describe('How many times as bad as stable the canary may be. Default: 1.'),
  effect: number(1.5, 100)
    .prefault(5)
    .describe(
      'A hold passes only where a canary so many times worse than it may be would have been found out. Default: 5.',
    ),
  power: share('50% to 99.9%', 0.5, 0.999)
    .prefault('80%')
    .describe('With what probability it would have been, 50% to 99.9%. Default: 80%.'),
  bursts: flag()
    .prefault(false)
    .describe(
      'Whether the bad requests of one interval count as one, for errors that come in bursts. Default: false.',
    ),
  cure: flag()
    .prefault(false)
    .describe(
      'Whether a release passes that is worse than the bound, but no worse than a stable that is, too: it is to mend it. Default: false.',
    ),
  endEarly: mapping({
    after: duration(1_000).describe('Not before so much of the hold was seen. A duration.'),
    beta: share('0.01% to 20%', 0.0001, 0.2)
      .prefault('1%')
      .describe(
        'Highest probability with which a canary that is worse by the effect passes early. Default: 1%.',
      ),
  })
    .transform(({ after: afterMs, beta }) => ({ afterMs, beta }))
    .exactOptional()
    .describe('Ends a hold early for a release that is clearly good. Default: it lasts its time.'),
};

export const mannWhitneyKeys = {
  worse: choice(['higher', 'lower', 'either'])
    .prefault('higher')
    .describe('Which way of being different is bad: higher, lower or either. Default: higher.'),
  leastEffect: share('0% to 100%', 0, 1)
    .prefault('10%')
    .describe("Smallest change of stable's median that matters. Default: 10%."),
  missing: choice(['remove', 'zero'])
    .prefault('remove')
    .describe('What a look without data is: left out (remove) or 0 (zero). Default: remove.'),
  maxMissing: share('0% to 99%', 0, 0.99)
    .prefault('50%')
    .describe('Share of looks without data above which nothing can be told. Default: 50%.'),
};

const ownKeys: Record<JudgeName, readonly string[]> = {
  threshold: Object.keys(thresholdKeys),
  sequential: Object.keys(sequentialKeys),
  mannWhitney: Object.keys(mannWhitneyKeys),
};

/** Keys of the other judges, with the advice that a spec which writes them gets. */
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
