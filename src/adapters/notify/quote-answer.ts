const longestQuote = 160;
/** A response and a secret may share this many characters by chance. */
const longestShared = 7;

/** A receiver's response on one line; undefined if it repeats any part of a secret. */
export function quoteAnswer(text: string, secrets: readonly string[]): string | undefined {
  const said = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  if (said === '' || secrets.some((secret) => sharesPart(said, secret))) return undefined;
  return said.length <= longestQuote ? said : `${said.slice(0, longestQuote)}…`;
}

function sharesPart(said: string, secret: string): boolean {
  const length = Math.min(secret.length, longestShared + 1);
  const [text, kept] = [said.toLowerCase(), secret.toLowerCase()];
  for (let at = 0; at + length <= kept.length; at++) {
    if (text.includes(kept.slice(at, at + length))) return true;
  }
  return false;
}
