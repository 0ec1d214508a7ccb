/** What fetch may be given; undefined for other schemes, and for what holds a user or password. */
export function parseAddress(text: string, base?: URL): URL | undefined {
  if (!URL.canParse(text, base?.href)) return undefined;
  const address = new URL(text, base);
  const isHttp = address.protocol === 'http:' || address.protocol === 'https:';
  return isHttp && !address.username && !address.password ? address : undefined;
}

const longest = 200;

/** Without query and fragment, which may carry credentials. */
export function shownAddress({ origin, pathname }: URL): string {
  const shown = origin + pathname;
  return shown.length <= longest ? shown : `${shown.slice(0, longest)}…`;
}
