import { chmod, copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download } from '../download.ts';
import { lastLine, runBriefly } from '../run-briefly.ts';
import { verifyChecksum } from '../verify-checksum.ts';

const version = '0.17.3';
/** Of the compressed programs, as the release lists them. */
const checksums: Readonly<Record<string, string>> = {
  linux_amd64: '5097faeda6aa13167aae6e36efdba636637f8741fed89bbf015678334632d4d3',
  linux_arm64: 'db27b803534d301cef30577468cf61cb2e242165b8cd6d8cd6efd7001be2e557',
};
const unpackLimitMs = 60_000;

interface Release {
  url: string;
  sha256: string;
}

function officialRelease(): Release {
  const platform = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;
  const sha256 = checksums[platform];
  if (sha256 === undefined) throw new Error(`no release is pinned for ${platform}`);
  const url = `https://github.com/restic/restic/releases/download/v${version}/restic_${version}_${platform}.bz2`;
  return { url, sha256 };
}

/** Puts restic's official release into a folder. Throws where it cannot be had or is another file. */
export async function fetchRestic(
  target: string,
  log: (line: string) => void,
  given?: Release,
): Promise<string> {
  const { url, sha256 } = given ?? officialRelease();
  log(`fetching restic: ${url} (sha256 pinned)`);
  const folder = await mkdtemp(join(tmpdir(), 'belay-restic-'));
  try {
    const archive = join(folder, 'restic.bz2');
    await download(url, archive);
    await verifyChecksum(archive, sha256);
    const unpacked = await runBriefly('bzip2', ['-d', archive], unpackLimitMs);
    if (!unpacked.ok) {
      throw new Error(`bzip2 (Debian: bzip2): ${lastLine(unpacked.stderr) || 'cannot be run'}`);
    }
    const draft = join(target, `.restic-${process.pid}`);
    await copyFile(join(folder, 'restic'), draft);
    await chmod(draft, 0o755);
    await rename(draft, join(target, 'restic'));
    return join(target, 'restic');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
