/** The settings of pgBackRest as one command of one stanza reads them from its file. */
export function readOptions(
  text: string,
  { stanza, command }: { stanza: string; command: string },
): Map<string, string> {
  const sections = new Map<string, Map<string, string>>();
  let current = new Map<string, string>();
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const section = /^\[(.+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = sections.get(section) ?? new Map<string, string>();
      sections.set(section, current);
    }
    const [, key, value] = /^([a-z0-9-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current.set(key, value);
  }
  // The later ones win.
  const order = ['global', `global:${command}`, stanza, `${stanza}:${command}`];
  return new Map(order.flatMap((name) => [...(sections.get(name) ?? [])]));
}

/** The folder of a repository on this host; absent where it is elsewhere, such as in a bucket. */
export function localRepository(
  options: ReadonlyMap<string, string>,
  key: number,
): string | undefined {
  const type = options.get(`repo${key}-type`) ?? 'posix';
  const isHere = ['posix', 'cifs'].includes(type) && !options.has(`repo${key}-host`);
  if (!isHere) return undefined;
  return options.get(`repo${key}-path`) ?? '/var/lib/pgbackrest';
}
