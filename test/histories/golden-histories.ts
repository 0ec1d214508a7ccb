import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const sumsFile = 'SHA256SUMS';

/** Names of the histories in a folder, without those of other releases. */
export async function historiesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
}

/**
 * What differs from the folder's `SHA256SUMS`: histories of a release that has shipped are of runs
 * that may still be open, so they are never changed. Undefined where the release has not shipped.
 */
export async function changesOfReleased(folder: string): Promise<string[] | undefined> {
  const sums = await readFile(join(folder, sumsFile), 'utf8').catch(() => undefined);
  if (sums === undefined) return undefined;
  const released = new Map(
    sums
      .trim()
      .split('\n')
      .map((line) => {
        const [sum = '', file = ''] = line.split(/ [ *]/);
        return [file, sum];
      }),
  );
  const present = await historiesIn(folder);
  const added = present.filter((file) => !released.has(file)).map((file) => `${file} was added`);
  const others = await Promise.all(
    [...released].map(async ([file, sum]) => {
      if (!present.includes(file)) return [`${file} was deleted`];
      return (await sumOf(join(folder, file))) === sum ? [] : [`${file} was changed`];
    }),
  );
  return [...added, ...others.flat()];
}

async function sumOf(file: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
