import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';

/** For a child in a process group of its own, which the terminal's Ctrl-C does not reach. */
export function forwardSignals(child: ChildProcess): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => child.kill(signal));
  }
}

/** What a shell would report: the child's own exit code, or 128 and the signal that ended it. */
export function exitCodeOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
