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
  const idle = replicas.flatMap(({ name, ready, url }) =>
    ready && url !== undefined ? [{ name, url }] : [],
  );
  if (idle.length === 0) throw failed(`${test.path}: no ready replica can be asked directly`);
  const problems = await Promise.all(idle.map((replica) => askReplica(replica, test)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw failed(found.join('; '));
}

async function askReplica(
  { name, url }: { name: string; url: string },
  test: SmokeTestSpec,
): Promise<string | undefined> {
  const target = url.replace(/\/$/, '') + test.path;
  const asked = `${name}: ${target}`;
  try {
    const response = await fetch(target, {
      signal: AbortSignal.timeout(test.timeoutMs),
      redirect: 'manual',
    });
    await response.body?.cancel();
    if (test.expect.includes(response.status)) return undefined;
    return `${asked} answered ${response.status}, not ${test.expect.join(' or ')}`;
  } catch (error) {
    return isTimeout(error)
      ? `${asked} did not answer within ${formatDuration(test.timeoutMs)}`
      : `${asked} could not be asked: ${causeOf(error)}`;
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
