/** Connection strings of libpq, `host=db-1 port=5432`, as `primary_conninfo` has them. */

export function parseConninfo(text: string): Record<string, string> {
  const pairs = text.matchAll(/([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)*))/gs);
  return Object.fromEntries(
    [...pairs].map(([, key = '', quoted, plain]) => [
      key,
      (quoted ?? plain ?? '').replace(/\\(.)/gs, '$1'),
    ]),
  );
}

export function formatConninfo(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ');
}

export interface Following {
  host: string;
  port: number;
  user: string;
  password?: string;
  /** The name that the primary shows, where the present connection has none. */
  name: string;
}

/** How a standby connects from now on; what is not about its primary, such as `sslmode`, stays. */
export function followingConninfo(present: string, following: Following): string {
  const { hostaddr: _address, password: _old, ...kept } = parseConninfo(present);
  const { host, port, user, password, name } = following;
  return formatConninfo({
    application_name: name,
    ...kept,
    ...{ host, port: String(port), user },
    ...(password !== undefined && { password }),
  });
}
