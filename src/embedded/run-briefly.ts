import { execFile } from 'node:child_process';

export interface BriefRun {
  ok: boolean;
  stdout: string;
  stderr: string;
  /** The system's error code if the program could not be started. */
  errno?: string;
}

/** Runs a program that exits by itself. Never throws: an exit code is a result. */
export function runBriefly(file: string, args: string[], limitMs: number): Promise<BriefRun> {
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const errno = typeof error?.code === 'string' ? error.code : undefined;
        resolve({ ok: !error, stdout, stderr, ...(errno !== undefined && { errno }) });
      },
    );
  });
}

/** The last line that a program printed, for a one-line message. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
