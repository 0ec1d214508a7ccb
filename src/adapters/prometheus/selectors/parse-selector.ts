import { SourceError } from '../../../contracts/rollouts/metric-reader.ts';
import type { Matcher, Selector } from './selector.ts';

const shape = /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{(.*)\}\s*)?$/s;
const matcher =
  /\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`([^`]*)`)\s*(?:,|$)/sy;
const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** Parses `metric{label="value"}`. Throws SourceError for anything else. */
export function parseSelector(written: string): Selector {
  const [, metric, inside = ''] = shape.exec(written) ?? [];
  if (metric === undefined) throw notOne(written);
  return { metric, matchers: parseMatchers(inside, written) };
}

function parseMatchers(inside: string, written: string): Matcher[] {
  const matchers: Matcher[] = [];
  for (let at = 0; inside.slice(at).trim() !== ''; at = matcher.lastIndex) {
    matcher.lastIndex = at;
    const [, label, op, double, single, raw] = matcher.exec(inside) ?? [];
    if (label === undefined) throw notOne(written);
    const value = raw ?? unescaped(double ?? single ?? '');
    matchers.push({ label, op: op as Matcher['op'], value });
  }
  return matchers;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, (_, escaped: string) => escapes[escaped] ?? escaped);
}

function notOne(written: string): SourceError {
  return new SourceError(
    `not the selector of a counter: ${written}; write a selector such as http_requests_total{job="shop"}, without sum or rate, because Belay computes the differences itself`,
  );
}
