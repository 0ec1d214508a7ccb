import { join } from 'node:path';
import { download } from './download.ts';
import { findFile } from './find-file.ts';
import { lastLine, runBriefly } from './run-briefly.ts';

const unpackLimitMs = 120_000;

/** Downloads the vendor's archive, unpacks it in `folder` and returns the executable's path. */
export async function fetchArchive(url: string, name: string, folder: string): Promise<string> {
  const archive = join(folder, 'archive.tar.gz');
  await download(url, archive);
  const unpacked = await runBriefly('tar', ['-xzf', archive, '-C', folder], unpackLimitMs);
  if (!unpacked.ok) throw new Error(`tar: ${lastLine(unpacked.stderr)}`);
  return findFile(folder, name);
}
