import type { Candidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import type { DatabaseRun } from './database-run.ts';

/** Who is to lead tells what a former primary needs there to come back: it is late to find out then. */
export function noteMissingRights<Spec>(
  run: DatabaseRun<Spec>,
  { node: { name }, facts }: Candidate,
): void {
  for (const why of facts.missingRights ?? []) {
    run.note(`the former primary cannot come back to ${name} by a rewind: ${why}`);
  }
}
