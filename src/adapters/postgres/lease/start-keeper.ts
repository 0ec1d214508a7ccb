import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { leaseFolder } from './holders.ts';
import type { StartKeeper } from './keeper-job.ts';

/** Its own variables are few: it inherits nothing that opens Temporal. */
const variables = ['PATH', 'HOME', 'LANG', 'TZ'];

/** `program`: arguments that make node run the keeper. */
export function createStartKeeper(program: readonly string[]): StartKeeper {
  const env = Object.fromEntries(
    variables.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return async (job) => {
    const folder = leaseFolder(job.stateFolder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const log = await open(join(folder, 'keeper.log'), 'a', 0o600);
    try {
      const child = spawn(process.execPath, [...program], {
        ...{ cwd: '/', env, detached: true },
        stdio: ['pipe', log.fd, log.fd],
      });
      await once(child, 'spawn');
      child.unref();
      child.on('error', () => undefined);
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(JSON.stringify(job));
    } finally {
      await log.close();
    }
  };
}
