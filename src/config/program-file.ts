import { open } from 'node:fs/promises';

/** How what a system starts by itself begins: programs of Linux and macOS, and scripts that name theirs. */
const beginnings = [
  ...['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe'],
  Buffer.from('#!').toString('hex'),
];

/** Why a file must not be run although it may be executed; undefined also where it cannot be read. */
export async function findProgramProblem(path: string): Promise<string | undefined> {
  const start = await firstBytes(path);
  if (start === undefined || beginnings.some((beginning) => start.startsWith(beginning))) {
    return undefined;
  }
  return `${path} is neither a program nor begins with #!, so that /bin/sh would run it; write what runs it in its first line, such as #!/bin/sh`;
}

/** In hexadecimal digits. */
async function firstBytes(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.subarray(0, bytesRead).toString('hex');
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
