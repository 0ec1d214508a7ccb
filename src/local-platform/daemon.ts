import type { Logger } from 'pino';
import { homeLayout } from '../config/home.ts';
import { readOrCreateToken } from '../config/own-token.ts';
import { identifySelf } from '../processes/identity.ts';
import { lockFile } from '../processes/lock-file.ts';
import { removeRunFile, writeRunFile } from '../processes/run-file.ts';
import { createApi } from './api/app.ts';
import { listenOn } from './api/listen.ts';
import { Services } from './services/services.ts';
import { platformLayout } from './state/layout.ts';

const logBoundIntervalMs = 10_000;

export interface DaemonOptions {
  home: string;
  /** The port of the API; 0: the last one if it is free, else any. */
  port: number;
  log: Logger;
}

export interface Daemon {
  url: string;
  /** Drains and stops all replicas; the records stay for the next start. */
  stop(): Promise<void>;
}

class HomeInUse extends Error {
  override readonly name = 'HomeInUse';
  constructor(path: string, pid: number) {
    super(
      `process ${pid} already runs the local platform of this home (${path}); ` +
        'stop it first, or choose another BELAY_HOME',
    );
  }
}

/** Starts the platform of one home. Throws HomeInUse or DamagedState before it changes anything. */
export async function startDaemon({ home, port, log }: DaemonOptions): Promise<Daemon> {
  const startedAtMs = Date.now();
  const files = platformLayout(home);
  const { platformRun, platformToken } = homeLayout(home);
  const lock = await lockFile(files.lock, ({ pid }) => new HomeInUse(files.lock, pid));
  try {
    const token = await readOrCreateToken(platformToken);
    const services = await Services.recover(home, log);
    const app = createApi({ services, token, folder: process.cwd(), log });
    const api = await listenOn(app, port, files.port);
    const { pid, startTime } = await identifySelf();
    await writeRunFile(platformRun, { url: api.url, pid, pidStartTime: startTime, startedAtMs });
    const bounding = setInterval(() => {
      services.boundLogs().catch((error: unknown) => log.warn({ err: error }, 'logs not bounded'));
    }, logBoundIntervalMs);
    return {
      url: api.url,
      stop: async () => {
        clearInterval(bounding);
        await removeRunFile(platformRun);
        await Promise.all([api.close(), services.stop()]);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}
