import type { Paint } from './page.ts';

/** A part of a page under its title; nothing where it has no lines. */
export function titled(title: string, lines: string[], paint: Paint): string[] {
  return lines.length === 0 ? [] : [`  ${paint.underline(title)}`, ...lines];
}

export function sections(parts: string[][]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}
