import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Recording {
  /** The command as a person would type it. */
  typed: string;
  /** Everything that the terminal received, including escape sequences. */
  output: string;
  columns: number;
}

export interface RecordOptions {
  env: NodeJS.ProcessEnv;
  /** Stops a command that does not exit by itself after this time. */
  forMs?: number;
}

const belay = 'dist/src/cli/main.js';
const columns = 116;

/** Runs a belay command in a separate terminal. */
export async function recordTerminal(
  args: string[],
  { env, forMs }: RecordOptions,
): Promise<Recording> {
  const command = `stty cols ${columns} rows 60; exec ${process.execPath} ${belay} ${args.join(' ')}`;
  const terminal = spawn('script', ['-qfc', command, '/dev/null'], {
    env: { ...env, TERM: 'xterm-256color' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  terminal.stdout.setEncoding('utf8');
  terminal.stdout.on('data', (text: string) => (output += text));
  const ended = new Promise<void>((resolve, reject) => {
    terminal.once('error', reject);
    terminal.once('close', () => resolve());
  });
  if (forMs !== undefined) {
    await Promise.race([sleep(forMs), ended]);
    terminal.kill();
  }
  await ended;
  return { typed: `belay ${args.join(' ')}`, output, columns };
}
