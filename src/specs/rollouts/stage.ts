import * as z from 'zod';
import { judgedBy } from '../kernel/finding.ts';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { writtenExperiment, type StageExperiment } from '../stage-experiment.ts';
import { httpPath, httpStatus } from './release.ts';
import { choice, duration, listOf, mapping, text, wholeNumber } from '../kernel/written.ts';

/** How long to wait for a person, and what happens if nobody responds. */
export interface WaitLimit {
  timeoutMs: number;
  onTimeout: 'abort' | 'promote';
}

export interface ApprovalSpec {
  /** Who may approve; empty means anyone who gives a name. */
  by: string[];
  limit?: WaitLimit;
}

/** One request sent directly to every ready replica of the new release. */
export interface SmokeTestSpec {
  path: string;
  /** Accepted HTTP status codes. */
  expect: number[];
  timeoutMs: number;
}

export interface StageSpec {
  /** Share of traffic for the canary, 1 to 100 (percent). */
  weight: number;
  /** 0: no hold, so nothing is measured at this stage. */
  holdMs: number;
  approval?: ApprovalSpec;
  smoke?: SmokeTestSpec;
  /** Made once the hold is over, while the release has its traffic. */
  experiment?: StageExperiment;
}

const whatThen = () => choice(['abort', 'promote']);

/** Written with `timeout`, the key that sets a limit at all. */
export const waitLimitSchema = mapping({
  timeout: duration(1_000).describe('Longest wait. A duration.'),
  onTimeout: whatThen()
    .prefault('abort')
    .describe('What happens if nobody responds in time: abort or promote. Default: abort.'),
}).transform(({ timeout, ...rest }): WaitLimit => ({ timeoutMs: timeout, ...rest }));

export const approvalSchema = mapping({
  by: z
    .array(text('write a name'), {
      error: refusal('write a list of names, such as [ana, bo]'),
    })
    .prefault([])
    .describe('Who may approve. Default: anyone who gives a name.'),
  timeout: duration(1_000)
    .exactOptional()
    .describe('Longest wait for the approval. A duration. Default: no limit.'),
  onTimeout: whatThen()
    .exactOptional()
    .describe('What happens after the timeout: abort or promote. Default: abort.'),
})
  .check(judgedBy(judgeTimeout))
  .transform(({ by, timeout, onTimeout = 'abort' }): ApprovalSpec => ({
    by,
    ...(timeout !== undefined && { limit: { timeoutMs: timeout, onTimeout } }),
  }));

const expectedStatuses = z.union(
  [httpStatus(), listOf(httpStatus(), 'write at least one HTTP status')],
  { error: refusal('write an HTTP status or a list of them, such as 200 or [200, 404]') },
);

export const smokeSchema = mapping({
  path: httpPath().describe('HTTP path to request from every new replica.'),
  expect: expectedStatuses
    .prefault(200)
    .describe('Accepted HTTP status, or a list of them. Default: 200.'),
  timeout: duration().prefault('10s').describe('Longest wait for an answer. Default: 10s.'),
}).transform(({ path, expect, timeout }): SmokeTestSpec => ({
  path,
  expect: typeof expect === 'number' ? [expect] : expect,
  timeoutMs: timeout,
}));

/** A stage before the ladder is judged as a whole: `hold` may still be missing. */
export const writtenStage = mapping({
  weight: wholeNumber(1, 100).describe('Share of traffic for the canary, in percent: 1 to 100.'),
  hold: duration(0)
    .exactOptional()
    .describe(
      'How long the stage is held and measured. A duration. May be left out only at weight 100, where it is 0.',
    ),
  approval: approvalSchema
    .exactOptional()
    .describe('A person must approve before the rollout continues past this stage.'),
  smoke: smokeSchema
    .exactOptional()
    .describe('One request sent directly to every canary replica before the hold.'),
  experiment: writtenExperiment()
    .exactOptional()
    .describe(
      'A chaos experiment that is made after the hold, while the canary has its traffic: a chaosExperiment without kind and environment. One that fails undoes the rollout.',
    ),
});
export type WrittenStage = z.output<typeof writtenStage>;

function judgeTimeout({ timeout, onTimeout }: Unfinished): Finding[] {
  if (onTimeout === undefined || timeout !== undefined) return [];
  const message = 'given without a timeout, so it could never apply; add timeout, such as 4h';
  return [{ path: ['onTimeout'], message }];
}
