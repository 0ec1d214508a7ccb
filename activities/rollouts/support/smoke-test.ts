import { ApplicationFailure } from '@temporalio/activity';
import { askReplica } from '../../../src/adapters/http/ask-replica.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { ReplicaState } from '../../../src/contracts/rollouts/platform.ts';
import type { SmokeTestSpec } from '../../../src/specs/rollouts/stage.ts';

/** Asks every ready replica directly, past the router. No replica to ask is a failure, not a pass. */
export async function smokeTestReplicas(
  replicas: ReplicaState[],
  test: SmokeTestSpec,
): Promise<void> {
  const idle = replicas.flatMap(({ name, ready, url }) =>
    ready && url !== undefined ? [{ name, url }] : [],
  );
  if (idle.length === 0) throw failed(`${test.path}: no ready replica can be asked directly`);
  const problems = await Promise.all(idle.map((replica) => problemOf(replica, test)));
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) throw failed(found.join('; '));
}

async function problemOf(
  { name, url }: { name: string; url: string },
  { path, expect, timeoutMs }: SmokeTestSpec,
): Promise<string | undefined> {
  const target = url.replace(/\/$/, '') + path;
  const answer = await askReplica(target, { timeoutMs, maxBytes: 0 });
  if ('problem' in answer) return `${name}: ${target} ${answer.problem}`;
  if (expect.includes(answer.status)) return undefined;
  return `${name}: ${target} answered ${answer.status}, not ${expect.join(' or ')}`;
}

function failed(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`smoke test: ${message}`, failureTypes.smokeTestFailed);
}
