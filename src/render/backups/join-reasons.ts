/** In one line, unless one of them has several. */
export function joinReasons(reasons: readonly string[]): string {
  return reasons.join(reasons.some((reason) => reason.includes('\n')) ? '\n' : '; ');
}
