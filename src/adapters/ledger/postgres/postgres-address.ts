/** Where a PostgreSQL is, without its password: it may be shown. */
export function describePostgres(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const user = username === '' ? '' : `${decodeURIComponent(username)}@`;
  return `postgres://${user}${hostname}:${port || '5432'}${pathname}`;
}

/** Whatever a driver says, the password of this address is not in it. */
export function withoutPassword(text: string, url: string): string {
  const { password } = new URL(url);
  if (password === '') return text;
  return text.replaceAll(password, '***').replaceAll(decodeURIComponent(password), '***');
}
