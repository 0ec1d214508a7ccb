import { readFile } from 'node:fs/promises';

/**
 * What is mounted in a folder, or is that folder, as this process sees it: also a part of the same file system, which
 * looks like any other folder. The folder is named without links. Undefined where the kernel does not say.
 */
export async function mountsIn(folder: string): Promise<string[] | undefined> {
  const text = await readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined);
  return text
    ?.split('\n')
    .map((line) => unescape(line.split(' ')[4] ?? ''))
    .filter((point) => point === folder || point.startsWith(`${folder}/`));
}

/** Missing data never passes: what is mounted somewhere may be anything. */
export function describeUnknownMounts(folder: string): string {
  return `nobody can say what is mounted in ${folder}: /proc/self/mountinfo cannot be read`;
}

/** Why a folder may not be removed with all that is in it; undefined: nothing is mounted there. It is named without links. */
export async function refuseMounted(folder: string): Promise<string | undefined> {
  const mounted = await mountsIn(folder);
  if (mounted === undefined) return describeUnknownMounts(folder);
  return mounted.length > 0
    ? `something is mounted there: unmount ${mounted.join(', ')}`
    : undefined;
}

/** A space is written as 040, octal, after a backslash. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
