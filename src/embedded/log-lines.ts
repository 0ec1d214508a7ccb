import { open } from 'node:fs/promises';

const tailBytes = 16_384;

/** The end of a log file, however long the file is. Empty if the file does not exist. */
export async function lastLogLines(path: string, count: number): Promise<string[]> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(tailBytes), 0, tailBytes, start);
    return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-count);
  } finally {
    await file.close();
  }
}
