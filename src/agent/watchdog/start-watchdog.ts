import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { actFiles } from '../acts/act-files.ts';
import type { WatchdogJob } from './job.ts';

/** Starts the watchdog of an act. `ended` resolves when it has. */
export type StartWatchdog = (job: WatchdogJob) => Promise<{ ended: Promise<void> }>;

/** Its own variables are few: it inherits nothing that opens Temporal. */
const variables = ['PATH', 'HOME', 'LANG', 'TZ'];

/** `program`: arguments that make node run the watchdog. */
export function createStartWatchdog(program: readonly string[]): StartWatchdog {
  const env = Object.fromEntries(
    variables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return async (job) => {
    const log = await open(actFiles(job.folder).watchdogLog, 'a', 0o600);
    try {
      const child = spawn(process.execPath, [...program], {
        ...{ cwd: '/', env, detached: true },
        stdio: ['pipe', log.fd, log.fd],
      });
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      });
      await once(child, 'spawn');
      child.unref();
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(JSON.stringify(job));
      return { ended };
    } finally {
      await log.close();
    }
  };
}
