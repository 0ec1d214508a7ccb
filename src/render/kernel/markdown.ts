/** Keeps a table row on its line and a list item in its list. */
export function inCell(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}
