/** The bytes of an IP address: 4, or 16. Undefined for other text. Takes brackets and an IPv6 zone. */
export function parseIpAddress(text: string): number[] | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return bare.includes(':') ? parseIpv6(bare) : parseIpv4(bare);
}

function parseIpv4(text: string): number[] | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':').map(parsePart)));
  const first = (head ?? []).flat();
  const last = (tail ?? []).flat();
  const missing = 16 - first.length - last.length;
  const isWhole = tail === undefined ? missing === 0 : missing >= 2;
  const bytes = [...first, ...Array.from({ length: Math.max(0, missing) }, () => 0), ...last];
  return isWhole && bytes.every((byte) => byte >= 0) ? bytes : undefined;
}

/** Two bytes; four for an IPv4 address at the end; a negative one for what is no part. */
function parsePart(part: string): number[] {
  if (part.includes('.')) return parseIpv4(part) ?? [-1];
  if (!/^[\da-f]{1,4}$/i.test(part)) return [-1];
  const number = Number.parseInt(part, 16);
  return [number >> 8, number & 255];
}
