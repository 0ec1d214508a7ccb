import { ActivityFailure, rootCause, TimeoutFailure } from '@temporalio/workflow';

type Told = ActivityFailure['failure'];

/**
 * Why something failed, in the words of whoever failed first. An activity that Temporal gives up between
 * two attempts has timed out; the SDK drops what its last attempt said, and its failure as it was sent has it.
 */
export function reasonOf(error: unknown): string {
  const failed = error instanceof ActivityFailure ? error.cause : error;
  const said = failed instanceof TimeoutFailure ? lastWords(failed.failure?.cause) : undefined;
  return said ?? rootCause(error) ?? String(error);
}

/** Not of what only a codec can read. */
function lastWords(failure: Told | null): string | undefined {
  if (!failure || failure.encodedAttributes) return undefined;
  return lastWords(failure.cause) ?? failure.message ?? undefined;
}
