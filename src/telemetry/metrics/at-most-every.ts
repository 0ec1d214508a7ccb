/** Does its work at most once per interval, however often it is called, and whether or not it fails. */
export function atMostEvery(
  everyMs: number,
  work: (nowMs: number) => Promise<void>,
): () => Promise<void> {
  let nextMs = 0;
  return async () => {
    const nowMs = Date.now();
    if (nowMs < nextMs) return;
    nextMs = nowMs + everyMs;
    await work(nowMs);
  };
}
