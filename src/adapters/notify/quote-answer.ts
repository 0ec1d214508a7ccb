const longestQuote = 160;
/** What an answer and a secret may share by chance. */
const longestShared = 7;

/** What a receiver said, on one line; undefined where it repeats any part of a secret. */
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
