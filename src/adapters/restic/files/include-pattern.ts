/** A path, as a pattern of restic that matches it alone. */
export function includePattern(path: string): string {
  return path.replaceAll(/[\\*?[\]]/g, (character) => `\\${character}`);
}
