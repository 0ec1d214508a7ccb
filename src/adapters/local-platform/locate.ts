import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import { readRunFile } from '../../processes/run-file.ts';

export interface PlatformLocation {
  url: string;
  token: string;
  /** Who answers there, and what to do where nobody does. Absent: the local platform. */
  called?: { who: string; mend: string };
}

/** Asked again whenever the platform does not answer where it was: it may have moved. */
export type LocatePlatform = () => Promise<PlatformLocation>;

const runFile = z.object({ url: z.string() });

/** Where the settings, or else the run file of the platform itself, say it is. */
export function locateLocalPlatform(
  config: Pick<Config, 'home' | 'localPlatform'>,
): LocatePlatform {
  const { tokenFile } = config.localPlatform;
  return async () => {
    const url =
      config.localPlatform.url ??
      (await readRunFile(homeLayout(config.home).platformRun, runFile))?.url;
    if (url === undefined) {
      throw new PlatformError(
        'unavailable',
        `The local platform of ${config.home} is not running; start it with \`belay up\``,
      );
    }
    return { url, token: await readToken(tokenFile) };
  };
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (cause) {
    throw new PlatformError(
      'unavailable',
      `The local platform's token cannot be read from ${path}; ` +
        'check BELAY_HOME and BELAY_PLATFORM_TOKEN_FILE',
      { cause },
    );
  }
}
