import { Context } from '@temporalio/activity';
import type { ReplicaState } from '../src/contracts/platform.ts';
import type { WarmUpSpec } from '../src/specs/blue-green.ts';

const answerWithinMs = 10_000;

/** Asks the ready replicas in turn, at an even rate, until the time is over. Waits for the last answers. */
export async function warmUpReplicas(
  replicas: ReplicaState[],
  { path, durationMs, ratePerSecond }: WarmUpSpec,
): Promise<{ requests: number; failed: number }> {
  const urls = replicas.flatMap(({ ready, url }) => (ready && url !== undefined ? [url] : []));
  const context = Context.current();
  const startedAtMs = Date.now();
  const total = urls.length === 0 ? 0 : Math.ceil((durationMs / 1_000) * ratePerSecond);
  const answers: Promise<boolean>[] = [];
  for (let sent = 0; sent < total; sent += 1) {
    const dueMs = startedAtMs + (sent * 1_000) / ratePerSecond;
    if (dueMs > Date.now()) await context.sleep(dueMs - Date.now());
    answers.push(isAnswered(`${urls[sent % urls.length]!.replace(/\/$/, '')}${path}`));
  }
  const failed = (await Promise.all(answers)).filter((isGood) => !isGood).length;
  return { requests: answers.length, failed };
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}
