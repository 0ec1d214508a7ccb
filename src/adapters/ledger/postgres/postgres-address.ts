/** Where a PostgreSQL is, without its password: it may be shown. */
export function describePostgres(url: string): string {
  const { hostname, port, pathname, username } = new URL(url);
  const user = username === '' ? '' : `${decoded(username)}@`;
  return `postgres://${user}${hostname}:${port || '5432'}${pathname}`;
}

/** Whatever a driver says, the password of this address is not in it. */
export function withoutPassword(text: string, url: string): string {
  const { password, searchParams } = new URL(url);
  const written = [password, ...searchParams.getAll('password')].filter((one) => one !== '');
  const forms = written.flatMap((one) => [one, decoded(one), encodeURIComponent(one)]);
  return forms.reduce((shown, form) => shown.replaceAll(form, '***'), text);
}

/** The driver takes a % that begins no %XX as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
