import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { hitRate } from '../../contracts/kernel/caches.ts';
import { isAlive } from '../../processes/identity.ts';
import { readRunFile } from '../../processes/run-file.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { messageOf, ok, warn, type Finding } from './finding.ts';

const answerLimitMs = 3_000;
const runFile = z.object({ pid: z.number(), startTime: z.string(), health: z.string() });
const healthReport = z.object({
  status: z.string(),
  components: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['up', 'down']),
      reason: z.string().optional(),
      lastAnswer: z.object({ detail: z.string(), agoMs: z.number() }).optional(),
    }),
  ),
  breakers: z.array(
    z.object({
      dependency: z.string(),
      state: z.enum(['closed', 'open', 'half-open']),
      forMs: z.number(),
      lastFailure: z.object({ reason: z.string() }).optional(),
    }),
  ),
  caches: z
    .array(
      z.object({
        cache: z.string(),
        policy: z.string(),
        ...{ entries: z.number(), limit: z.number() },
        ...{ hits: z.number(), sharedHits: z.number(), misses: z.number(), stale: z.number() },
      }),
    )
    .default([]),
});
type Health = z.output<typeof healthReport>;

/** What the workers and the gateway of this machine say of themselves, where they say it anywhere. */
export async function checkBreakers({ home }: Pick<Config, 'home'>): Promise<Finding[]> {
  const { run } = homeLayout(home);
  const files = await readdir(run).catch(() => []);
  const findings = files
    .filter((file) => /^(worker-\d+|gateway)\.json$/.test(file))
    .map(async (file) => {
      const process = await readRunFile(join(run, file), runFile);
      if (process === undefined || !(await isAlive(process))) return [];
      const what = file.startsWith('worker') ? `Worker ${process.pid}` : 'Gateway';
      return await ask(what, process);
    });
  return (await Promise.all(findings)).flat();
}

async function ask(what: string, { pid, health }: z.output<typeof runFile>): Promise<Finding[]> {
  try {
    const response = await fetch(new URL('/health', health), {
      signal: AbortSignal.timeout(answerLimitMs),
    });
    const report = healthReport.parse(await response.json());
    const bad = [...downOf(what, report), ...brokenOf(what, report, pid)];
    const caches = cachesOf(what, report);
    if (bad.length > 0) return [...bad, ...caches];
    const { length } = report.breakers;
    return [ok(what, `${report.status}; ${length} breakers, all closed`), ...caches];
  } catch (error) {
    return [warn(what, `${health}: ${messageOf(error)}`, 'See its log.')];
  }
}

function downOf(what: string, { components }: Health): Finding[] {
  return components
    .filter(({ state }) => state === 'down')
    .map(({ name, reason = 'it does not answer', lastAnswer }) => {
      const last =
        lastAnswer === undefined
          ? ''
          : `; ${formatDuration(lastAnswer.agoMs)} ago it said ${lastAnswer.detail}`;
      return warn(
        what,
        `${name}: ${reason}${last}`,
        `Fix ${name}: Belay retries it automatically.`,
      );
    });
}

function brokenOf(what: string, { breakers }: Health, pid: number): Finding[] {
  return breakers
    .filter(({ state }) => state !== 'closed')
    .map(({ dependency, state, forMs, lastFailure }) =>
      warn(
        what,
        `breaker of ${dependency} ${state} for ${formatDuration(forMs)}: ${lastFailure?.reason ?? 'no reason known'}`,
        `Fix ${dependency}. The breaker closes automatically, or at once with: kill -USR2 ${pid}`,
      ),
    );
}

/** What each cache is good for; one that nobody has asked says nothing. */
function cachesOf(what: string, { caches }: Health): Finding[] {
  const shown = caches.flatMap((report) => {
    const rate = hitRate(report);
    if (rate === undefined) return [];
    const { cache, policy, entries, limit, hits, sharedHits, misses, stale } = report;
    const share = `${Math.floor(rate * 100)} % of ${hits + sharedHits + misses} without the source`;
    const old = stale === 0 ? '' : `, ${stale} old answers`;
    return [`${cache} (${policy}) ${entries} of ${limit}, ${share}${old}`];
  });
  return shown.length === 0 ? [] : [ok(`${what}: caches`, shown.join('; '))];
}
