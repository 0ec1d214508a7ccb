import { readFile } from 'node:fs/promises';
import { spawn, type ChildProcess } from 'node:child_process';
import type { ToolAnswer, ToolRun, Tools } from '../../src/contracts/backups/provider.ts';
import type { CommandResult } from '../../src/contracts/kernel/agent.ts';
import { asUnprivileged } from '../archived-postgres/unprivileged.ts';

interface End extends ToolAnswer {
  signal: NodeJS.Signals | null;
}

/** Runs the real programs, each act once, as an agent does; `acts` has what was started. */
export class RealTools implements Tools {
  readonly acts: { name: string; environment: Readonly<Record<string, string>> }[] = [];
  readonly #results = new Map<string, Promise<CommandResult>>();
  /** Done once while the program of the next act runs. */
  duringNextAct: ((program: ChildProcess) => Promise<void>) | undefined;

  act: Tools['act'] = (act, name, tool, attempt) => {
    const key = `${act.runRef}/${act.step}`;
    const known = this.#results.get(key);
    if (known) return known;
    this.acts.push({ name, environment: tool.environment });
    const started = this.#act(tool, attempt.cancelled);
    this.#results.set(key, started);
    return started;
  };

  read: Tools['read'] = async (tool, { cancelled }, onLine) => {
    const { exitCode, stdout, stderr } = await run(tool, cancelled);
    if (onLine === undefined) return { exitCode, stdout, stderr };
    for (const line of stdout.replace(/\n$/, '').split('\n')) onLine(line);
    return { exitCode, stdout: '', stderr };
  };

  stop: Tools['stop'] = () => Promise.resolve();

  async #act(tool: ToolRun, cancelled: AbortSignal): Promise<CommandResult> {
    const startedAtMs = Date.now();
    const during = this.duringNextAct;
    this.duringNextAct = undefined;
    let done = Promise.resolve();
    const { exitCode, stdout, stderr, signal } = await run(tool, cancelled, (child) => {
      if (during) done = during(child);
    });
    await done;
    const said = {
      ...{ stdout, stderr, startedAtMs, endedAtMs: Date.now() },
      ...{ stdoutBytes: stdout.length, stderrBytes: stderr.length },
    };
    if (cancelled.aborted) return { ending: 'cancelled', ...said };
    if (signal !== null) return { ending: 'killed', signal, ...said };
    return { ending: 'exited', exitCode, ...said };
  }
}

async function run(
  { argv, environment, secrets, folder = '/', user }: ToolRun,
  cancelled: AbortSignal,
  onStarted?: (child: ChildProcess) => void,
): Promise<End> {
  const [file = '', ...args] = user === undefined ? argv : asUnprivileged(argv);
  const { PATH } = process.env;
  const child = spawn(file, args, {
    cwd: folder,
    env: { PATH, LANG: 'C.UTF-8', ...environment, ...(await readSecrets(secrets)) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.once('exit', (_, signal) => {
    if (signal !== null) endGroup(child.pid);
  });
  onStarted?.(child);
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const stop = () => void child.kill('SIGTERM');
  if (cancelled.aborted) stop();
  cancelled.addEventListener('abort', stop, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      cancelled.removeEventListener('abort', stop);
      resolve({ exitCode: code ?? -1, signal, ...written });
    });
  });
}

/** What a program that was killed has left: an agent ends that as well. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function readSecrets(secrets: ToolRun['secrets']): Promise<Record<string, string>> {
  const read = Object.entries(secrets).map(async ([name, ref]) => [
    name,
    'file' in ref ? await readFile(ref.file, 'utf8') : (process.env[ref.env] ?? ''),
  ]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, string>;
}
