import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

interface Detached {
  /** Arguments of node. */
  program: readonly string[];
  /** Written to its standard input. */
  job: unknown;
  /** The file that takes what it prints. */
  log: string;
  /** Names of variables that it needs beside the usual ones. */
  variables?: readonly string[];
}

/** It inherits nothing else, so nothing that opens Temporal. */
const usual = ['PATH', 'HOME', 'LANG', 'TZ'];

/** Starts a process of node that outlives this one. */
export async function startDetached({
  program,
  job,
  log,
  variables = [],
}: Detached): Promise<void> {
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const file = await open(log, 'a', 0o600);
  const env = Object.fromEntries(
    [...usual, ...variables].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  try {
    const child = spawn(process.execPath, [...program], {
      ...{ cwd: '/', env, detached: true },
      stdio: ['pipe', file.fd, file.fd],
    });
    await once(child, 'spawn');
    child.unref();
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(JSON.stringify(job));
  } finally {
    await file.close();
  }
}
