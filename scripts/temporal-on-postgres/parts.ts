import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastLogLines } from '../../src/embedded/log-lines.ts';
import { isAlive } from '../../src/processes/identity.ts';
import { spawnLogged } from '../../src/processes/spawn-logged.ts';
import { SetupFailed } from '../programs/failure.ts';
import { clusterLayout } from './layout.ts';
import type { Programs } from './programs.ts';
import type { ClusterRecord, PartProcess } from './record.ts';
import { writeRecord } from './record.ts';

const readyWithinMs = 60_000;
const toldLines = 8;

/** Starts one of the processes, which outlives this one, and waits until it is ready. */
export async function startPart(
  record: ClusterRecord,
  name: string,
  [program, ...args]: readonly [string, ...string[]],
  isReady: () => Promise<boolean>,
): Promise<void> {
  const logFile = clusterLayout(record.name).log(name);
  const { pid, startTime } = await spawnLogged(program, args, { logFile });
  const others = record.processes.filter((one) => one.name !== name);
  record.processes = [...others, { name, pid, startTime }];
  await writeRecord(record);
  await untilReady({ name, pid, startTime }, logFile, isReady);
}

export function serverCommand(
  { temporalServer }: Programs,
  cluster: string,
  server: string,
): [string, ...string[]] {
  const file = join(clusterLayout(cluster).settings, `${server}.yaml`);
  return [temporalServer, '--config-file', file, '--allow-no-auth', 'start'];
}

/** A program that replaces itself with the next keeps its PID and its start time. */
async function untilReady(
  part: PartProcess,
  logFile: string,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (!(await isReady())) {
    const isGone = !(await isAlive(part));
    if (isGone || performance.now() > deadline) {
      const lines = await lastLogLines(logFile, toldLines);
      const why = isGone ? 'ended' : `is not ready after ${readyWithinMs / 1000} s`;
      throw new SetupFailed([`${part.name} ${why}. From ${logFile}:`, ...lines].join('\n  '));
    }
    await sleep(100);
  }
}
