/** Twelve characters that stay the same for the same text: FNV-1a over 64 bits. */
export function stableId(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(36).padStart(12, '0').slice(-12);
}
