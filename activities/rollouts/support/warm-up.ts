import { Context } from '@temporalio/activity';
import { askReplica } from '../../../src/adapters/http/ask-replica.ts';
import type { ReplicaState } from '../../../src/contracts/rollouts/platform.ts';
import type { WarmUpSpec } from '../../../src/specs/rollouts/blue-green.ts';

const answerWithinMs = 10_000;
/** Pages are read as a client would, but none without end. */
const longestPage = 1_000_000;

/** Asks the ready replicas in turn, at an even rate, until the time is over. Waits for the last answers. */
export async function warmUpReplicas(
  replicas: ReplicaState[],
  { path, durationMs, ratePerSecond }: WarmUpSpec,
): Promise<{ requests: number; failed: number }> {
  const urls = replicas.flatMap(({ ready, url }) => (ready && url !== undefined ? [url] : []));
  const context = Context.current();
  const startedAtMs = Date.now();
  const total = Math.ceil((durationMs / 1_000) * ratePerSecond);
  const answers: Promise<boolean>[] = [];
  while (answers.length < total) {
    const dueMs = startedAtMs + (answers.length * 1_000) / ratePerSecond;
    if (dueMs > Date.now()) await context.sleep(dueMs - Date.now());
    const url = urls[answers.length % urls.length];
    if (url === undefined) break;
    answers.push(isAnswered(url.replace(/\/$/, '') + path));
  }
  const failed = (await Promise.all(answers)).filter((isGood) => !isGood).length;
  return { requests: answers.length, failed };
}

/** A redirect is an answer: where it leads is not this release's to warm up. */
async function isAnswered(url: string): Promise<boolean> {
  const answer = await askReplica(url, { timeoutMs: answerWithinMs, maxBytes: longestPage });
  return 'status' in answer && answer.status < 500;
}
