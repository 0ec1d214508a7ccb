import { ApplicationFailure } from '@temporalio/activity';
import { failureTypes } from '../src/contracts/failures.ts';
import type { ReplicaState } from '../src/contracts/platform.ts';
import { formatDuration } from '../src/specs/duration.ts';
import type { SmokeTestSpec } from '../src/specs/stage.ts';

/** Asks every ready replica directly, past the router. No replica to ask is a failure, not a pass. */
export async function smokeTestReplicas(
  replicas: ReplicaState[],
  test: SmokeTestSpec,
): Promise<void> {
  const urls = replicas.flatMap(({ ready, url }) => (ready && url !== undefined ? [url] : []));
  if (urls.length === 0) throw failed(`${test.path}: no ready replica can be asked directly`);
  const problems = await Promise.all(urls.map((url) => askReplica(url, test)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw failed(found.join('; '));
}

async function askReplica(url: string, test: SmokeTestSpec): Promise<string | undefined> {
  const target = url.replace(/\/$/, '') + test.path;
  try {
    const response = await fetch(target, {
      signal: AbortSignal.timeout(test.timeoutMs),
      redirect: 'manual',
    });
    await response.body?.cancel();
    if (test.expect.includes(response.status)) return undefined;
    return `${target} answered ${response.status}, not ${test.expect.join(' or ')}`;
  } catch (error) {
    return isTimeout(error)
      ? `${target} did not answer within ${formatDuration(test.timeoutMs)}`
      : `${target} could not be asked: ${causeOf(error)}`;
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** fetch says only that it failed; why is in its cause. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error
    ? error.cause.message
    : String(error);
}

function failed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`smoke test: ${message}`, failureTypes.smokeTestFailed);
}
