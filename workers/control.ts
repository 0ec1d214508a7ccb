import { loadConfig } from '../src/config/load-config.ts';
import { homeLayout } from '../src/config/home.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { serveHealth } from './health.ts';
import { installRuntime } from './runtime.ts';
import { startControl, type Control } from './start-control.ts';

/** The worker that runs rollouts: workflows and acts on one queue, watches on another. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = installRuntime(config.logLevel);
  const control = await startControl(config);
  const runFile = homeLayout(config.home).workerRun(process.pid);
  const running = control.run();
  await writeRunFile(runFile, { ...(await identifySelf()), taskQueue: config.taskQueue });
  logger.info('polling', { taskQueue: config.taskQueue, pid: process.pid });
  try {
    await running;
  } finally {
    await removeRunFile(runFile);
    await control.close();
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
