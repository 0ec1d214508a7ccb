/** ` and asks to wait 30s`; empty where a server does not say so in seconds. */
export function describeRetryAfter({ retryAfter }: { retryAfter?: string }): string {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter)
    ? ` and asks to wait ${retryAfter}s`
    : '';
}
