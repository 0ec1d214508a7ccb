import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { readUpRecord } from '../../embedded/up-record.ts';
import { isAlive } from '../../processes/identity.ts';
import { readRunFile } from '../../processes/run-file.ts';
import { checkToken } from './check-token.ts';
import { fail, messageOf, ok, warn, type Finding } from './finding.ts';

const answerLimitMs = 3_000;
const gatewayRun = z.object({ pid: z.number(), startTime: z.string(), url: z.string() });

/** The gateway of this home, and the token that `belay up` made for it. */
export async function checkGateway({ home }: Pick<Config, 'home'>): Promise<Finding[]> {
  const { gatewayRun: runFile, gatewayToken } = homeLayout(home);
  const running = await readRunFile(runFile, gatewayRun);
  if (running === undefined || !(await isAlive(running))) {
    const fix = 'Start it with `belay up`, or `belay gateway`, if alerts are to roll back.';
    return [warn('Gateway', 'not running', fix)];
  }
  const tokenFile = (await readUpRecord(home))?.gateway?.tokenFile;
  return [
    await checkAnswer(running.url),
    ...(tokenFile === gatewayToken ? [await checkToken('Gateway token', tokenFile)] : []),
  ];
}

async function checkAnswer(url: string): Promise<Finding> {
  const check = 'Gateway';
  const fix = 'Restart it: `belay down`, `belay up`. Its log says more.';
  try {
    const response = await fetch(new URL('/health/ready', url), {
      signal: AbortSignal.timeout(answerLimitMs),
    });
    if (response.ok) return ok(check, `${url}, takes webhooks`);
    return fail(check, `${url} answers ${response.status}`, fix);
  } catch (error) {
    return fail(check, `${url}: ${messageOf(error)}`, fix);
  }
}
