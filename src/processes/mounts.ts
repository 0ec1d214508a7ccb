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

/** A space is written as 040, octal, after a backslash. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
