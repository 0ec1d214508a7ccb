import { cp, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

export async function flip(path: string | undefined, at: number): Promise<void> {
  const file = await open(path!, 'r+');
  try {
    const { size } = await file.stat();
    const position = at < 0 ? size + at : at;
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    await file.write(Buffer.from([byte[0]! ^ 1]), 0, 1, position);
  } finally {
    await file.close();
  }
}

export async function swap(one: string, other: string): Promise<void> {
  await rename(one, `${one}.swapped`);
  await rename(other, one);
  await rename(`${one}.swapped`, other);
}

export async function alias(path: string, name: string): Promise<void> {
  await mkdir(dirname(name), { recursive: true });
  await cp(path, name);
}
