/** `2026-11-30 12:00` in a zone. */
export function momentIn(zone: string, atMs: number): string {
  return new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, dateStyle: 'short', timeStyle: 'short' },
  }).format(atMs);
}
