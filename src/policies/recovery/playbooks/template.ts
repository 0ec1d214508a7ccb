/** Text with expressions in it: `rollback of ${inputs.service}`; `$${` stands for the characters themselves. */
export type Piece = { text: string } | { expression: string };

export type SplitTemplate = { ok: true; pieces: Piece[] } | { ok: false; message: string };

export function splitTemplate(text: string): SplitTemplate {
  const pieces: Piece[] = [];
  let rest = text;
  let plain = '';
  for (;;) {
    const at = rest.indexOf('${');
    if (at < 0) break;
    if (rest[at - 1] === '$') {
      plain += `${rest.slice(0, at - 1)}\${`;
      rest = rest.slice(at + 2);
      continue;
    }
    const end = endOfExpression(rest, at + 2);
    if (end === undefined) return { ok: false, message: '${ is not closed by }' };
    plain += rest.slice(0, at);
    if (plain !== '') pieces.push({ text: plain });
    pieces.push({ expression: rest.slice(at + 2, end).trim() });
    plain = '';
    rest = rest.slice(end + 1);
  }
  plain += rest;
  if (plain !== '' || pieces.length === 0) pieces.push({ text: plain });
  return { ok: true, pieces };
}

/** The one expression that makes up the whole text: its value keeps its type. */
export function wholeExpression(pieces: readonly Piece[]): string | undefined {
  const [only, ...others] = pieces;
  return only !== undefined && others.length === 0 && 'expression' in only
    ? only.expression
    : undefined;
}

/** Where the brace is that closes it: not one within a text or a mapping. */
function endOfExpression(text: string, from: number): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === '}') return at;
  }
  return undefined;
}
