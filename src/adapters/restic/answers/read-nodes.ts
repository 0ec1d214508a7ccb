/** A file, a folder or something else in a set. */
export interface SetNode {
  path: string;
  type: string;
  /** Of files. */
  size: number;
  /** The permissions, such as 0o644. */
  mode: number;
  uid: number;
  gid: number;
  modifiedAtMs: number;
}

interface RawNode {
  struct_type?: string;
  message_type?: string;
  path?: string;
  type?: string;
  size?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: string;
}

/** Of `restic ls --json`, without the line of the snapshot. Throws where a line is cut. */
export function readNodes(stdout: string): SetNode[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RawNode)
    .filter((raw) => raw.struct_type === 'node' || raw.message_type === 'node')
    .map(({ path = '', type = '', size = 0, mode = 0, uid = 0, gid = 0, mtime = '' }) => ({
      ...{ path, type, size, uid, gid },
      mode: mode & 0o777,
      modifiedAtMs: Date.parse(mtime),
    }));
}
