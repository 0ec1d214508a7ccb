import { createLocalPlatform } from '../src/adapters/local-platform/local-platform.ts';
import { locateLocalPlatform } from '../src/adapters/local-platform/locate.ts';
import type { Config } from '../src/config/config.ts';
import type { Platforms } from '../src/contracts/platform.ts';

export function createPlatforms(config: Config): Platforms {
  return { local: createLocalPlatform({ locate: locateLocalPlatform(config) }) };
}
