/** What is at a path of a source: nothing else is asked of the host. */
export interface PathFacts {
  path: string;
  kind: 'missing' | 'unreadable' | 'link' | 'outside' | 'file' | 'folder' | 'empty' | 'other';
  /** Of a link, or of what is below one: where it leads. */
  target?: string;
}

/** Whether a path is one of the allowed ones, or below one. */
export function isAllowed(path: string, allowed: readonly string[]): boolean {
  return allowed.some((folder) => path === folder || path.startsWith(folder.replace(/\/?$/, '/')));
}

/** Written in one way only, so that nothing leads out of an allowed folder. */
function isPlain(path: string): boolean {
  const parts = path.split('/').slice(1);
  return path.startsWith('/') && parts.every((part) => !['', '.', '..'].includes(part));
}

export function refusePaths(paths: readonly string[], allowed: readonly string[]): string[] {
  if (paths.length === 0) return ['it names no path'];
  return paths.flatMap((path) => {
    if (!isPlain(path)) return [`${path} is no absolute path without "." and ".." in it`];
    if (isAllowed(path, allowed)) return [];
    const offer = allowed.length === 0 ? 'it has none' : `it has ${allowed.join(', ')}`;
    return [`${path} is not below a path of the agent’s settings; ${offer}`];
  });
}

/** Every reason why these cannot be backed up. restic itself only warns of what is missing. */
export function judgePaths(facts: readonly PathFacts[]): string[] {
  const refusals = facts.flatMap(({ path, kind, target = '' }): string[] => {
    switch (kind) {
      case 'missing':
        return [`${path} does not exist: was its storage mounted?`];
      case 'unreadable':
        return [`${path} cannot be read by the agent`];
      case 'link':
        return [
          `${path} is a symbolic link, and a set would have the link alone; name ${target || 'what it leads to'}`,
        ];
      case 'outside':
        return [`${path} leads to ${target}, which is not below a path of the agent’s settings`];
      case 'other':
        return [`${path} is neither a file nor a folder`];
      case 'file':
      case 'folder':
      case 'empty':
        return [];
    }
  });
  const isAllEmpty = facts.length > 0 && facts.every(({ kind }) => kind === 'empty');
  if (!isAllEmpty) return refusals;
  const paths = facts.map(({ path }) => path).join(', ');
  return [...refusals, `nothing is in ${paths}: was the storage mounted?`];
}
