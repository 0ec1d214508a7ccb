/** Processes every item, at most `limit` at the same time; the next starts when one is done. */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const lanes = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const [index, item] of waiting) results[index] = await act(item);
  });
  await Promise.all(lanes);
  return results;
}
