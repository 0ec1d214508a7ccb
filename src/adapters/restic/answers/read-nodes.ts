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

/** A line of `restic ls --json`; undefined for that of the snapshot. Throws where it is cut. */
export function readNode(line: string): SetNode | undefined {
  if (line === '') return undefined;
  const raw = JSON.parse(line) as RawNode;
  if (raw.struct_type !== 'node' && raw.message_type !== 'node') return undefined;
  const { path = '', type = '', size = 0, mode = 0, uid = 0, gid = 0, mtime = '' } = raw;
  return { path, type, size, uid, gid, mode: mode & 0o777, modifiedAtMs: Date.parse(mtime) };
}
