import type { SetNode } from '../answers/read-nodes.ts';

/** What is at a path of the host; undefined: nothing. */
export interface FoundNode {
  type: string;
  size: number;
  mode: number;
  uid: number;
  gid: number;
  modifiedAtMs: number;
}

/** Owners are restored by root alone. */
export interface Comparison {
  owners: boolean;
}

/** Times have nanoseconds in the set, and are rounded on the host. */
const roundingMs = 1;

/** How what was found differs from what the set has; undefined: it does not. */
export function compareNode(
  node: SetNode,
  found: FoundNode | undefined,
  { owners }: Comparison,
): string | undefined {
  if (!found) return `${node.path} is missing`;
  if (found.type !== node.type) return `${node.path} is a ${found.type} instead of a ${node.type}`;
  const differences: string[] = [];
  if (node.type === 'file' && found.size !== node.size) {
    differences.push(`${found.size} bytes instead of ${node.size}`);
  }
  // The permissions of a link are not its own.
  if (node.type !== 'symlink' && found.mode !== node.mode) {
    differences.push(`mode ${octal(found.mode)} instead of ${octal(node.mode)}`);
  }
  if (owners && (found.uid !== node.uid || found.gid !== node.gid)) {
    differences.push(`owner ${found.uid}:${found.gid} instead of ${node.uid}:${node.gid}`);
  }
  if (node.type === 'file' && Math.abs(found.modifiedAtMs - node.modifiedAtMs) > roundingMs) {
    const [is, was] = [found.modifiedAtMs, node.modifiedAtMs].map((ms) =>
      new Date(ms).toISOString(),
    );
    differences.push(`modified at ${is ?? ''} instead of ${was ?? ''}`);
  }
  return differences.length === 0 ? undefined : `${node.path} has ${differences.join(', ')}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
