import type { ProbeResult } from '../../../contracts/kernel/agent.ts';
import { lookWithinMs } from '../../../policies/chaos/seen-within.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';

/** `over`: nobody waits for its answer any more. */
export type AskProbe = (probe: string, over: AbortSignal) => Promise<ProbeResult>;

/** A probe may have more patience than there is time: one that has not answered by then has failed. */
export async function askInTime(
  askProbe: AskProbe,
  probe: string,
  withinMs = lookWithinMs,
): Promise<ProbeResult> {
  const over = AbortSignal.timeout(withinMs);
  const late = new Promise<ProbeResult>((resolve) => {
    const detail = `no answer within ${formatDuration(withinMs)}`;
    over.addEventListener('abort', () => resolve({ ok: false, detail, latencyMs: withinMs }));
  });
  const answer = askProbe(probe, over).catch((error: unknown) => {
    if (over.aborted) return late;
    throw error;
  });
  return Promise.race([answer, late]);
}

interface Asking {
  probe: string;
  most: number;
  isEnough?: (answers: readonly ProbeResult[]) => boolean;
}

/** Asks one time after another, for as long as one look may take. */
export async function askThrough(
  { probe, most, isEnough = () => false }: Asking,
  askProbe: AskProbe,
): Promise<ProbeResult[]> {
  const sinceMs = performance.now();
  const answers: ProbeResult[] = [];
  while (answers.length < most && !isEnough(answers)) {
    const leftMs = Math.ceil(lookWithinMs - (performance.now() - sinceMs));
    if (leftMs <= 0) break;
    const answer = await askInTime(askProbe, probe, leftMs);
    const isCutShort = performance.now() - sinceMs >= lookWithinMs;
    // It had less time than the first one.
    if (isCutShort && answers.length > 0) break;
    answers.push(answer);
  }
  return answers;
}
