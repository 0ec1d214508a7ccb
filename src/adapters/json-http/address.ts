/** An allowed address; undefined for other schemes, and with a user or password. */
export function parseAddress(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const address = new URL(text);
  const isHttp = address.protocol === 'http:' || address.protocol === 'https:';
  return isHttp && !address.username && !address.password ? address : undefined;
}

const longest = 200;

/** Without query and fragment, which may carry credentials. */
export function shownAddress({ origin, pathname }: URL): string {
  const shown = origin + pathname;
  return shown.length <= longest ? shown : `${shown.slice(0, longest)}…`;
}
