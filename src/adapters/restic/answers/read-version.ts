import { oneLine } from './one-line.ts';

/** The first whose answers are known here. */
const oldest = { major: 0, minor: 14 };

/** Of `restic version`. */
export function readVersion(stdout: string): { name: string; isKnown: boolean } {
  const found = /^restic (?<version>(?<major>\d+)\.(?<minor>\d+)\S*)/.exec(stdout.trim())?.groups;
  if (!found) return { name: oneLine(stdout, 80), isKnown: false };
  const [major, minor] = [Number(found['major']), Number(found['minor'])];
  const isKnown = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  return { name: `restic ${found['version'] ?? ''}`, isKnown };
}
