import * as z from 'zod';
import { refusal } from '../kernel/given.ts';
import { mapping, text } from '../kernel/written.ts';

/** As version control has it. */
export interface Commit {
  sha: string;
  /** ISO 8601 with its offset, as `git log --format=%cI` prints it. */
  committedAt: string;
}

const isoWithOffset = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;
const acceptedMoment = 'write a time with its offset, such as 2026-01-31T12:00:00+01:00';

const committedAt = text(acceptedMoment, isoWithOffset).superRefine((written, context) => {
  if (Number.isNaN(Date.parse(written)))
    context.addIssue(refusal(acceptedMoment)({ input: written }));
});

const commit = mapping({
  sha: text('write the hash of a commit, 7 to 64 hexadecimal digits', /^[0-9a-f]{7,64}$/).describe(
    'Hash of the commit.',
  ),
  committedAt: committedAt.describe(
    'When it was committed, with its offset, as git log --format=%cI prints it.',
  ),
});

/** It may be empty: the same code can be deployed again. */
export const commitsSchema = z.array(commit, {
  error: refusal(
    'write a list of commits, such as [{ sha: 1a2b3c4, committedAt: "2026-01-31T12:00:00Z" }]',
  ),
});
