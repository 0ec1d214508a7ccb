import { formatDuration } from '../../specs/kernel/duration.ts';
import { describeNetworkError } from './describe-network-error.ts';
import { openExchange } from './exchange.ts';

const exchange = openExchange();

/** A replica's response to GET, or why it did not respond. Follows no redirect. */
export async function askReplica(
  url: string,
  { timeoutMs, maxBytes }: { timeoutMs: number; maxBytes: number },
): Promise<{ status: number } | { problem: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { status } = await exchange(new URL(url), { signal, maxBytes });
    return { status };
  } catch (error) {
    return {
      problem: signal.aborted
        ? `did not answer within ${formatDuration(timeoutMs)}`
        : `could not be asked: ${describeNetworkError(error)}`,
    };
  }
}
