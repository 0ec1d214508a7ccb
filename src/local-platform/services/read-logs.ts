import type { Track } from '../../contracts/rollouts/traffic.ts';
import { logFilesOf, readTail } from '../replicas/log-files.ts';

export interface LogQuery {
  track?: Track;
  replica?: string;
  /** How many, of each replica's standard output and of its standard error. */
  lines: number;
}

/** The last lines of these replicas, each with its replica and stream. */
export async function readLogs(folder: string, replicas: string[], lines: number): Promise<string> {
  const parts = replicas.flatMap((replica) => {
    const { out, err } = logFilesOf(folder, replica);
    return [
      { path: out, label: `${replica} out` },
      { path: err, label: `${replica} err` },
    ];
  });
  const tails = await Promise.all(
    parts.map(async ({ path, label }) =>
      (await readTail(path, lines)).map((line) => `${label} | ${line}\n`),
    ),
  );
  return tails.flat().join('');
}
