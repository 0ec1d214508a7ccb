import { spawn } from 'node:child_process';
import { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { ownProgram } from '../../embedded/own-process.ts';
import { exitCodeOf, forwardSignals } from '../up/child-in-foreground.ts';
import { examples } from './named-service.ts';

export function createCodecServerCommand(): Command {
  return new Command('codec-server')
    .summary('decrypt payloads for the Web UI and the CLI of Temporal')
    .description(
      'Run a codec server in the foreground, on BELAY_CODEC_ADDRESS and BELAY_CODEC_PORT, with the ' +
        'keys of BELAY_PAYLOAD_KEYS_FILE; its log goes to stdout, a JSON line each. Off loopback it ' +
        'wants BELAY_CODEC_TOKEN_FILE. Web pages may ask it if BELAY_CODEC_ORIGINS names them ' +
        '(default: the Web UI of belay up).',
    )
    .addHelpText(
      'after',
      examples(
        'BELAY_PAYLOAD_KEYS_FILE=payload-keys belay codec-server',
        'temporal workflow show -w rollout/demo/shop --codec-endpoint http://127.0.0.1:7481',
      ),
    )
    .action(async () => {
      loadConfig(process.env);
      const child = spawn(process.execPath, ownProgram('workers/codec-server'), {
        stdio: 'inherit',
        detached: true,
      });
      forwardSignals(child);
      process.exitCode = await exitCodeOf(child);
    });
}
