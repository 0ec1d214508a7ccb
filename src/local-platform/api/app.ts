import { Hono, type Context } from 'hono';
import type { Logger } from 'pino';
import { serveTraced } from '../../adapters/telemetry/open-telemetry/serve-traced.ts';
import { joinMetrics } from '../router/service-metrics.ts';
import type { Services } from '../services/services.ts';
import { limitBody, requireToken } from './guards.ts';
import { refuseBrowsers } from '../../http/refuse-browsers.ts';
import { check, readBody as read } from './read-body.ts';
import { answerRefusal, refusal } from './refusal.ts';
import * as schemas from './schemas.ts';
import { createTrackRoutes } from './track-routes.ts';

const prometheusText = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
const oneService = '/v1/services/:environment/:service';

export interface ApiOptions {
  services: Services;
  token: string;
  /** The folder in which commands start, unless their release names one. */
  folder: string;
  log: Logger;
}

/** The API that src/contracts/rollouts/local-platform.ts describes. */
export function createApi({ services, token, folder, log }: ApiOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => answerRefusal(error, context, log));
  app.notFound((context) =>
    context.json(
      refusal('not-found', `there is no ${context.req.method} ${context.req.path}`),
      404,
    ),
  );
  const named = (context: Context) =>
    services.get({
      environment: context.req.param('environment') ?? '',
      service: context.req.param('service') ?? '',
    });

  app.get('/metrics', async ({ body }) =>
    body(await joinMetrics(services.list().map(({ metrics }) => metrics)), 200, prometheusText),
  );
  app.get('/metrics/:environment/:service', async (context) =>
    context.body(await named(context).metrics.text(), 200, prometheusText),
  );

  app.use('/v1/*', refuseBrowsers);
  app.get('/v1/health', (context) => context.json({ ok: true }));
  app.use('/v1/*', requireToken(token), limitBody, serveTraced);

  app.get('/v1/services', (context) =>
    context.json(services.list().map((service) => service.state())),
  );
  app.get(oneService, (context) => context.json(named(context).state()));
  app.delete(oneService, async (context) => {
    const { environment, service } = context.req.param();
    await services.forget({ environment, service });
    return context.body(null, 204);
  });
  app.get(`${oneService}/logs`, async (context) =>
    context.text(await named(context).readLogs(check(schemas.logQuery, context.req.query()))),
  );

  app.post(`${oneService}/claim`, async (context) => {
    const name = check(schemas.serviceName, context.req.param());
    return context.json(await services.claim(name, await read(context, schemas.claimBody)));
  });
  app.post(`${oneService}/let-go`, async (context) => {
    const { fence } = await read(context, schemas.fencedBody);
    await named(context).releaseService(fence);
    return context.body(null, 204);
  });
  app.put(`${oneService}/canary`, async (context) => {
    const { fence, canary } = await read(context, schemas.applyCanaryBody);
    await named(context).applyCanary(fence, canary, folder);
    return context.body(null, 204);
  });
  app.put(`${oneService}/weight`, async (context) => {
    const { fence, weight } = await read(context, schemas.setWeightBody);
    return context.json(await named(context).setWeight(fence, weight));
  });
  app.post(`${oneService}/promote`, async (context) => {
    const { fence } = await read(context, schemas.fencedBody);
    await named(context).promote(fence);
    return context.body(null, 204);
  });
  app.delete(`${oneService}/canary`, async (context) => {
    const { fence } = await read(context, schemas.fencedBody);
    await named(context).removeCanary(fence);
    return context.body(null, 204);
  });
  app.route(
    `${oneService}/tracks`,
    createTrackRoutes((context) => named(context).tracks),
  );
  app.put(`${oneService}/faults`, async (context) => {
    await named(context).injectFaults(await read(context, schemas.faultsBody));
    return context.body(null, 204);
  });
  return app;
}
