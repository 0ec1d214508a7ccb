/** ` and asks to wait 30s`; empty if a server gives no number of seconds. */
export function describeRetryAfter({ retryAfter }: { retryAfter?: string }): string {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)
    ? ` and asks to wait ${retryAfter}s`
    : '';
}
