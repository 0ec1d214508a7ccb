/** The front of an experiment on two tracks, in a pod of its own; src/adapters/chaos/fronts starts it. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import pino from 'pino';
import { frontVariables, type FrontSettings } from '../contracts/chaos/track-front.ts';
import { createClients } from './clients.ts';
import { createControlApi } from './control-api.ts';
import { TrackFront } from './track-front.ts';

const log = pino();
/** What Kubernetes shows of a container that has ended. */
const terminationLog = '/dev/termination-log';

const stopRequested = new Promise<string>((resolve) => {
  process.on('SIGTERM', resolve);
  process.on('SIGINT', resolve);
});

try {
  const settings = JSON.parse(read(frontVariables.settings)) as FrontSettings;
  const token = read(frontVariables.token);
  const front = new TrackFront(settings);
  const clients = createClients(front);
  await clients.listen(settings.port, { everywhere: true });
  const api = createControlApi({ front, name: settings, token, log });
  const control = createAdaptorServer({ fetch: api.fetch }) as Server;
  control.listen(settings.controlPort);
  await once(control, 'listening');
  log.info({ service: settings.service, run: settings.order.fence.rolloutId }, 'front ready');
  const why = await Promise.race([stopRequested, front.ended]);
  log.info({ why }, 'ending');
  await writeFile(terminationLog, why).catch(() => undefined);
  await front.retire();
  await Promise.race([stopRequested, front.untilQuiet()]);
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
