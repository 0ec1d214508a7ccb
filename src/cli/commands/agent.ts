import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { InvalidAgentSettings, loadAgentSettings } from '../../config/agent-file.ts';
import { loadConfig } from '../../config/load-config.ts';
import { ownProgram } from '../../embedded/own-process.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { exitCodeOf, forwardSignals } from '../up/child-in-foreground.ts';
import { createAgentToolsCommand } from './agent-tools.ts';
import { examples } from './named-service.ts';

interface AgentOptions {
  config?: string;
  check?: boolean;
}

export function createAgentCommand(): Command {
  return new Command('agent')
    .summary('run commands and probes of an allow-list on this host')
    .description(
      'Run an agent in the foreground: it does on this host what its settings file allows, and ' +
        'nothing else; its log goes to stdout, a JSON line each. Ctrl-C ends it and leaves what it ' +
        'runs running: the next agent attaches to that.',
    )
    .addOption(
      // Not for the commands below this one.
      new Option('-c, --config <file>', 'what it may do: docs/agents.md (required)'),
    )
    .addOption(new Option('--check', 'only check the settings file'))
    .addHelpText(
      'after',
      examples('belay agent --config agent.yaml', 'belay agent --config agent.yaml --check'),
    )
    .addCommand(createAgentToolsCommand())
    .action(async ({ config, check }: AgentOptions, command: Command) => {
      if (config === undefined) {
        command.error("error: required option '-c, --config <file>' not specified");
      }
      const file = resolve(config);
      await loadAgentSettings(file, loadConfig(process.env)).catch((error: unknown) => {
        if (!(error instanceof InvalidAgentSettings)) throw error;
        throw new CliFailure(exitCodes.badInput, error.message, { cause: error });
      });
      if (check) return;
      const child = spawn(process.execPath, [...ownProgram('workers/agent'), file], {
        stdio: 'inherit',
        detached: true,
      });
      forwardSignals(child);
      process.exitCode = await exitCodeOf(child);
    });
}
