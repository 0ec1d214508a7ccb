/** Control characters but tab and newline, and marks that turn the direction of text around. */
const unreadable =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** What a medium can show, whatever it was given. */
export function readable(text: string): string {
  return wellFormed(text).replace(/\r\n?/g, '\n').replace(unreadable, '\ufffd');
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** At most this many UTF-16 units, the mark of what is missing included. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${wellFormed(text.slice(0, most - 1))}…`;
}

/** Never cuts a character in half: some receivers would refuse the whole message. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
