import { Hono } from 'hono';
import type { Logger } from 'pino';
import * as z from 'zod';
import type { ServiceName } from '../contracts/chaos/service-tracks.ts';
import { limitBody, requireToken } from '../local-platform/api/guards.ts';
import { readBody } from '../local-platform/api/read-body.ts';
import { answerRefusal } from '../local-platform/api/refusal.ts';
import { createTrackRoutes } from '../local-platform/api/track-routes.ts';
import type { TrackFront } from './track-front.ts';

const upstreamsBody = z.strictObject({
  upstreams: z
    .array(z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }))
    .max(1_000),
});

const endBody = z.strictObject({ why: z.string().min(1).max(1_000) });

interface ControlOptions {
  front: TrackFront;
  name: ServiceName;
  token: string;
  log: Logger;
}

/** As the local platform has it for the tracks of a service, and who answers their requests. */
export function createControlApi({ front, name, token, log }: ControlOptions): Hono {
  const app = new Hono();
  app.onError((error, context) => answerRefusal(error, context, log));
  app.get('/ready', (context) => context.text('', front.isReady() ? 200 : 503));
  app.use('/v1/*', requireToken(token), limitBody);
  app.put('/v1/upstreams', async (context) => {
    const { upstreams } = await readBody(context, upstreamsBody);
    await front.upstreams.name(upstreams);
    return context.body(null, 204);
  });
  app.post('/v1/end', async (context) => {
    front.end((await readBody(context, endBody)).why);
    return context.body(null, 204);
  });
  const own = `/v1/services/${encodeURIComponent(name.environment)}/${encodeURIComponent(name.service)}`;
  app.route(
    `${own}/tracks`,
    createTrackRoutes(() => front),
  );
  return app;
}
