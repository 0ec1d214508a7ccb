/** `in place`, or `into shop-2 (of shop)`. */
export function describePlace(intoNamespaces: Readonly<Record<string, string>>): string {
  const targets = Object.entries(intoNamespaces).map(([from, to]) => `${to} (of ${from})`);
  return targets.length === 0 ? 'in place' : `into ${targets.join(', ')}`;
}
