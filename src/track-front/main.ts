/** The front of an experiment on two tracks, in a pod of its own; src/adapters/chaos/fronts starts it. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import pino from 'pino';
import { frontVariables, type FrontSettings } from '../contracts/chaos/track-front.ts';
import { Front } from '../local-platform/router/front.ts';
import { createControlApi } from './control-api.ts';
import { TrackFront } from './track-front.ts';

const log = pino();

const stopRequested = new Promise<string>((resolve) => {
  process.on('SIGTERM', resolve);
  process.on('SIGINT', resolve);
});

try {
  const settings = JSON.parse(read(frontVariables.settings)) as FrontSettings;
  const token = read(frontVariables.token);
  const front = new TrackFront(settings);
  const clients = new Front((request, response) => front.answer(request, response));
  await clients.listen(settings.port, { everywhere: true });
  const api = createControlApi({ front, name: settings, token, log });
  const control = createAdaptorServer({ fetch: api.fetch }) as Server;
  control.listen(settings.controlPort);
  await once(control, 'listening');
  log.info({ service: settings.service, run: settings.order.fence.rolloutId }, 'front ready');
  log.info({ why: await Promise.race([stopRequested, front.ended]) }, 'ending');
  await front.retire();
  await clients.close();
  await front.stop();
  control.close();
  process.exit(0);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

function read(variable: string): string {
  const value = process.env[variable];
  if (value === undefined || value === '') throw new Error(`${variable} is not set`);
  return value;
}
