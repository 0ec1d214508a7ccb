/** Starting and stopping a server that outlives the agent. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { becomeUser } from '../../../config/account.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { DatabaseNode } from '../node.ts';
import { readPostmasterFile } from './postmaster-file.ts';
import { isZombie } from './server-processes.ts';
import { optionsOfLastStart } from './start-options.ts';

const usual = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LANG: 'C.UTF-8',
};
const startWithinS = 60;
const zombieWithinMs = 5_000;

/** By the settings' `start`, or pg_ctl. Returns when that has ended; whether the server answers is another question. */
export async function startServer(node: DatabaseNode): Promise<void> {
  const { start, user } = node.settings;
  await awaitZombie(node.dataFolder);
  if (start) await runStart(node, start);
  else await runStart(node, await pgCtlStart(node), user);
}

/** The file of a postmaster that is a zombie would keep the next from starting. */
export async function awaitZombie(dataFolder: string): Promise<void> {
  const file = await readPostmasterFile(dataFolder);
  if (file === undefined) return;
  const deadline = performance.now() + zombieWithinMs;
  while (await isZombie(file.pid)) {
    if (performance.now() > deadline) {
      await rm(join(dataFolder, 'postmaster.pid'), { force: true });
      return;
    }
    await sleep(20);
  }
}

/** A clean shutdown: whatever it takes where there is time, and no longer than this. */
export async function stopServer(
  node: DatabaseNode,
  withinMs: number,
  attempt: Attempt,
): Promise<void> {
  const { stop, dataFolder } = node.settings;
  const seconds = String(Math.max(1, Math.ceil(withinMs / 1000)));
  const argv = stop ?? [
    ...[await node.program('pg_ctl'), 'stop', '-D', dataFolder],
    ...['-m', 'fast', '-w', '-t', seconds],
  ];
  await node.run(argv, attempt, {
    timeoutMs: Math.max(1_000, withinMs),
    ...(argv === stop && { asAgent: true }),
  });
}

async function pgCtlStart(node: DatabaseNode): Promise<string[]> {
  const { dataFolder } = node;
  const options = await optionsOfLastStart(dataFolder);
  return [
    ...[await node.program('pg_ctl'), 'start', '-D', dataFolder],
    ...['-w', '-t', String(startWithinS), '-s'],
    ...(options.length > 0 ? ['-o', options.map((each) => `"${each}"`).join(' ')] : []),
  ];
}

/** Nothing of the agent's acts is in its variables, so that no later agent takes it for something left. */
async function runStart(node: DatabaseNode, argv: readonly string[], user?: string): Promise<void> {
  const account = user === undefined ? itself : await becomeUser(user);
  if (!account.ok) throw new AgentError('refused', account.problem);
  await mkdir(node.stateFolder, { recursive: true, mode: 0o700 });
  const path = join(node.stateFolder, 'start.log');
  const log = await open(path, 'w', 0o600);
  try {
    const [file = '', ...args] = [...account.command, ...argv];
    const child = spawn(file, args, {
      ...{ cwd: '/', env: { ...usual, ...account.variables }, detached: true },
      stdio: ['ignore', log.fd, log.fd],
    });
    const code = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal ?? 'nothing'));
    });
    if (code === 0) return;
    const said = (await readFile(path, 'utf8')).trim().split('\n').slice(-5).join(' | ');
    throw new AgentError('unfinished', `${argv[0] ?? ''} ended with ${code}: ${said}`);
  } finally {
    await log.close();
  }
}

const itself = { ok: true, command: [], variables: {} } as const;
