/** Printable, and no longer than a report has room for. */
export function oneLine(text: string, most = 400): string {
  const line = text
    .replaceAll(/[^\x20-\x7e\u00a0-\uffff]+/g, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}
