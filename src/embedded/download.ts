import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const answerLimitMs = 5_000;
const transferLimitMs = 300_000;

/** Gives up after 5 s without a response, because a blocked network often sends none. */
export async function download(url: string, path: string): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort(new Error(`no answer within ${answerLimitMs / 1000} s`));
  }, answerLimitMs);
  const signal = AbortSignal.any([silence.signal, AbortSignal.timeout(transferLimitMs)]);
  try {
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const body = Readable.fromWeb(response.body);
    await pipeline(body, createWriteStream(path), { signal });
  } catch (error) {
    throw rootCause(error);
  } finally {
    clearTimeout(timer);
  }
}

/** `fetch` hides the reason ("fetch failed") in `cause`. */
function rootCause(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}
