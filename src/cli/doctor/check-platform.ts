import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { readRunFile } from '../../processes/run-file.ts';
import { checkToken } from './check-token.ts';
import { fail, messageOf, ok, warn, type Finding } from './finding.ts';

const answerLimitMs = 3_000;
const platformRun = z.object({ url: z.string() });

/** The local platform and the token that opens it. */
export async function checkPlatform(config: Config): Promise<Finding[]> {
  const { tokenFile, url: configured } = config.localPlatform;
  const url =
    configured ?? (await readRunFile(homeLayout(config.home).platformRun, platformRun))?.url;
  if (url === undefined) {
    return [
      warn('Local platform', 'not running', 'Start it with `belay up`, if you deploy to it.'),
    ];
  }
  return [await checkAnswer(url, tokenFile), await checkToken('Platform token', tokenFile)];
}

async function checkAnswer(url: string, tokenFile: string): Promise<Finding> {
  const check = 'Local platform';
  try {
    const token = (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
    const response = await fetch(new URL('/v1/services', url), {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerLimitMs),
    });
    if (response.ok) {
      const services = z.array(z.unknown()).parse(await response.json());
      return ok(check, `${url}, ${services.length} services`);
    }
    const fix =
      'Restart it (`belay down`, `belay up`), or point BELAY_PLATFORM_TOKEN_FILE at its token.';
    return fail(check, `${url} answers ${response.status}`, fix);
  } catch (error) {
    return fail(check, `${url}: ${messageOf(error)}`, 'Start it with `belay up`.');
  }
}
