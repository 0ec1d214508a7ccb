import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { homeLayout } from '../../config/home.ts';
import { lastLogLines } from '../../embedded/log-lines.ts';
import { ownProgram } from '../../embedded/own-process.ts';
import { AlreadyUp, readUpRecord, type UpRecord } from '../../embedded/up-record.ts';
import { isAlive } from '../../processes/identity.ts';
import { spawnLogged, type SpawnedProcess } from '../../processes/spawn-logged.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { UpOptions } from './run-in-foreground.ts';
import { showUp } from './screen.ts';

/** Starts a `belay up` that outlives this command, and returns when everything runs. */
export async function runDetached(config: Config, options: UpOptions): Promise<void> {
  const present = await readUpRecord(config.home);
  if (present && (await isAlive(present))) throw new AlreadyUp(present, config.home);
  const logFile = join(homeLayout(config.home).logs, 'up.log');
  const up = await spawnLogged(
    process.execPath,
    [...ownProgram('src/cli/main'), 'up', ...flags(options)],
    { logFile },
  );
  const record = await awaitReady(up, config.home, logFile);
  showUp(record, { config, options, stopWith: 'belay down' });
  process.exit(exitCodes.ok);
}

function flags({ temporalPort, uiPort, gatewayPort }: UpOptions): string[] {
  return [
    ...(temporalPort === undefined ? [] : ['--temporal-port', String(temporalPort)]),
    ...(uiPort === undefined ? [] : ['--ui-port', String(uiPort)]),
    ...(gatewayPort === undefined ? [] : ['--gateway-port', String(gatewayPort)]),
  ];
}

async function awaitReady(up: SpawnedProcess, home: string, logFile: string): Promise<UpRecord> {
  for (;;) {
    const record = await readUpRecord(home);
    if (record?.ready && record.pid === up.pid) return record;
    if (!(await isAlive(up))) {
      const { code } = await up.exited;
      const lines = (await lastLogLines(logFile, 12)).join('\n  ');
      const exitCode = Object.values(exitCodes).find((known) => known === code);
      throw new CliFailure(
        exitCode ?? exitCodes.unreachable,
        `It did not come up. From ${logFile}:\n  ${lines}`,
      );
    }
    await sleep(100);
  }
}
