/** What a process says of itself to whoever keeps it running. */
import { Hono, type Context } from 'hono';
import { packageVersion } from '../config/package-version.ts';
import type { BreakerReport } from '../contracts/kernel/breakers.ts';
import type { CacheReport } from '../contracts/kernel/caches.ts';
import type { ComponentReport, HealthReport } from '../contracts/kernel/health.ts';
import { judgeHealth, judgeWorkers, type WorkerStates } from './judge-health.ts';

export interface MetricsText {
  contentType: string;
  text(): Promise<string>;
}

export interface HealthSources {
  states(): WorkerStates;
  components(): Promise<ComponentReport[]>;
  breakers(): BreakerReport[];
  /** Absent: the process has none. */
  caches?(): CacheReport[];
}

/**
 * `/health/live` answers 200 for as long as the process answers at all and asks nobody,
 * `/health/startup` once every worker has begun to poll, `/health/ready` while all of them do and
 * every required component answers; else 503.
 */
export function createProbes({
  states,
  components,
}: Omit<HealthSources, 'breakers' | 'caches'>): Hono {
  const app = new Hono();
  const ofWorkers = (path: string, isWell: (status: string) => boolean) =>
    app.get(path, (context) => {
      const status = judgeWorkers(states());
      return context.json({ status, workers: states() }, isWell(status) ? 200 : 503);
    });
  ofWorkers('/health/live', () => true);
  ofWorkers('/health/startup', (status) => status !== 'starting');
  app.get('/health/ready', async (context) => {
    // One that drains says so at once, whether or not anybody else answers.
    const asked = judgeWorkers(states()) === 'ready' ? await components() : [];
    const status = judgeHealth(states(), asked);
    const down = asked.filter(({ state }) => state === 'down').map(({ name }) => name);
    return context.json(
      { status, workers: states(), ...(down.length > 0 && { down }) },
      isReady(status) ? 200 : 503,
    );
  });
  return app;
}

/** The same, `/health` with every detail, and `/metrics` for Prometheus. */
export function createHealthApi(sources: HealthSources, metrics?: MetricsText): Hono {
  const app = new Hono();
  app.route('/', createProbes(sources));
  app.get('/health', (context) => showAll(context, sources));
  if (metrics !== undefined) {
    app.get('/metrics', async (context) => {
      context.header('content-type', metrics.contentType);
      return context.body(await metrics.text());
    });
  }
  return app;
}

async function showAll(context: Context, sources: HealthSources): Promise<Response> {
  const components = await sources.components();
  const workers = sources.states();
  const status = judgeHealth(workers, components);
  const report: HealthReport = {
    status,
    version: packageVersion(),
    ...(workers && { workers }),
    components,
    breakers: sources.breakers(),
    ...(sources.caches && { caches: sources.caches() }),
  };
  return context.json(report, isReady(status) ? 200 : 503);
}

function isReady(status: string): boolean {
  return status === 'ready' || status === 'degraded';
}
