/** `2025-01-02 12:30:00Z` */
export function utcMoment(atMs: number): string {
  return `${utcDate(atMs)} ${utcTime(atMs)}Z`;
}

/** `2025-01-02` */
export function utcDate(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** `12:30:00` */
export function utcTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
