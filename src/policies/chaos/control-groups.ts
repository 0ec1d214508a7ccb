export type Controller = 'cpu' | 'memory';

/**
 * The group of this controller, of a version 2 hierarchy or of version 1, as a path below the folder
 * of cgroups. `listed` is what the kernel says of a process. Undefined: the root, which is no group.
 */
export function groupIn(listed: string, controller: Controller): string | undefined {
  for (const line of listed.trim().split('\n')) {
    const [number, controllers = '', ...path] = line.split(':');
    const group = path.join(':');
    const isIt = controllers.split(',').includes(controller);
    if (group === '/' || group === '') continue;
    if (number === '0' && controllers === '') return group;
    if (isIt) return `/${controllers}${group}`;
  }
  return undefined;
}

/** The first of these processes that is in this group or in one below it. */
export function sharedWith(
  group: string,
  processes: readonly { pid: number; group: string | undefined }[],
): number | undefined {
  const inIt = processes.find(
    (each) => each.group === group || each.group?.startsWith(`${group}/`),
  );
  return inIt?.pid;
}
