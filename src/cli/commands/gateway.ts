import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { ownProgram } from '../../embedded/own-process.ts';
import { exitCodeOf, forwardSignals } from '../up/child-in-foreground.ts';
import { examples } from './named-service.ts';

export function createGatewayCommand(): Command {
  return new Command('gateway')
    .summary('take webhooks: alerts, CI, chat')
    .description(
      'Take webhooks of Alertmanager, CI and chat in the foreground, on BELAY_GATEWAY_ADDRESS and ' +
        'BELAY_GATEWAY_PORT; its log goes to stdout, a JSON line each. Off loopback it wants ' +
        'BELAY_GATEWAY_TOKEN_FILE or BELAY_GATEWAY_SIGNING_FILE.',
    )
    .addHelpText(
      'after',
      examples('belay gateway', 'BELAY_GATEWAY_TOKEN_FILE=tokens.txt belay gateway'),
    )
    .action(async () => {
      loadConfig(process.env);
      const child = spawn(process.execPath, ownProgram('workers/gateway'), {
        stdio: 'inherit',
        detached: true,
      });
      forwardSignals(child);
      process.exitCode = await exitCodeOf(child);
    });
}
