import { escapeMarkup } from './escape-markup.ts';

type Attributes = Record<string, string | number>;

/** An element around markup that is escaped already. */
export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const written = Object.entries(attributes).map(
    ([key, value]) =>
      ` ${key}="${typeof value === 'number' ? rounded(value) : escapeMarkup(value)}"`,
  );
  const opening = `<${name}${written.join('')}`;
  return content.length === 0 ? `${opening}/>` : `${opening}>${content.join('')}</${name}>`;
}

export function textAt(x: number, y: number, text: string, more: Attributes = {}): string {
  return element('text', { x, y, ...more }, escapeMarkup(text));
}

export function lineFrom(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return element('line', { x1, y1, x2, y2, class: kind });
}

/** A tenth of a pixel is enough. */
export function rounded(pixels: number): string {
  return String(Math.round(pixels * 10) / 10);
}
