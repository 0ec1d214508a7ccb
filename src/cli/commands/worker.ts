import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { ownProgram, workerEnvironment } from '../../embedded/own-process.ts';
import { exitCodeOf, forwardSignals } from '../up/child-in-foreground.ts';
import { examples } from './named-service.ts';

export function createWorkerCommand(): Command {
  return new Command('worker')
    .summary('run one more worker')
    .description(
      'Run a worker in the foreground; its log goes to stdout, a JSON line each. ' +
        'Ctrl-C lets it finish what it holds (BELAY_DRAIN).',
    )
    .addHelpText('after', examples('belay worker', 'BELAY_WATCH_SLOTS=500 belay worker'))
    .action(async () => {
      loadConfig(process.env);
      const child = spawn(process.execPath, ownProgram('workers/control'), {
        stdio: 'inherit',
        detached: true,
        env: workerEnvironment(process.env),
      });
      forwardSignals(child);
      process.exitCode = await exitCodeOf(child);
    });
}
