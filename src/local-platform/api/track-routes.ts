import { Hono, type Context } from 'hono';
import type { ServiceTracks } from '../experiments/service-tracks.ts';
import { readBody } from './read-body.ts';
import * as schemas from './schemas.ts';

/** What experiments do with one service, whoever has its tracks. */
export type TrackActs = Pick<
  ServiceTracks,
  'facts' | 'open' | 'keep' | 'injectFault' | 'extendFault' | 'removeFault' | 'close'
>;

/** The part of the API that experiments use, below one service. */
export function createTrackRoutes(tracksOf: (context: Context) => TrackActs): Hono {
  const app = new Hono();
  app.get('/', async (context) => context.json(await tracksOf(context).facts()));
  app.put('/', async (context) => {
    await tracksOf(context).open(await readBody(context, schemas.openTracksBody));
    return context.body(null, 204);
  });
  app.post('/keep', async (context) => {
    const { fence } = await readBody(context, schemas.fencedBody);
    return context.json(await tracksOf(context).keep(fence));
  });
  app.delete('/', async (context) => {
    const { fence } = await readBody(context, schemas.fencedBody);
    await tracksOf(context).close(fence);
    return context.body(null, 204);
  });
  app.put('/fault', async (context) => {
    tracksOf(context).injectFault(await readBody(context, schemas.injectTrackFaultBody));
    return context.body(null, 204);
  });
  app.post('/fault/lease', async (context) => {
    const { fence, forMs } = await readBody(context, schemas.extendTrackFaultBody);
    tracksOf(context).extendFault(fence, forMs);
    return context.body(null, 204);
  });
  app.delete('/fault', async (context) => {
    const { fence } = await readBody(context, schemas.fencedBody);
    tracksOf(context).removeFault(fence);
    return context.body(null, 204);
  });
  return app;
}
