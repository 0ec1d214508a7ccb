import { Command, InvalidArgumentError, Option } from 'commander';
import { findHostTools, type FoundTool } from '../../embedded/host-tools/host-tools.ts';
import { installHostTools } from '../../embedded/host-tools/install-host-tools.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { renderHostTools } from '../render/host-tools.ts';
import { examples } from './named-service.ts';

interface InstallOptions {
  to: string;
  postgres?: number;
}

/** `belay agent tools`, and what installs them. */
export function createAgentToolsCommand(): Command {
  return new Command('tools')
    .summary('show what this host has of what backups need')
    .description(
      'Show which programs for backups this host has, and which are missing or too old. A host ' +
        'needs only those for what it backs up or restores.',
    )
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', examples('belay agent tools', 'belay agent tools install'))
    .action(async ({ json }: { json?: boolean }) => {
      const found = await findHostTools();
      if (json) printJson(found);
      else print(renderHostTools(found));
    })
    .addCommand(createInstallCommand());
}

function createInstallCommand(): Command {
  return new Command('install')
    .summary('install what this host lacks for backups')
    .description(
      "Install what is missing: restic from its official release, whose checksum is pinned, or the system's " +
        "package where that cannot be had; pgBackRest and PostgreSQL from the system's packages " +
        '(apt-get, as root), without creating a cluster. Prints what it fetches.',
    )
    .addOption(new Option('--to <folder>', "where restic's release goes").default('/usr/local/bin'))
    .addOption(
      new Option(
        '--postgres <version>',
        'the major version of PostgreSQL: that of the sets',
      ).argParser(majorVersion),
    )
    .addHelpText('after', examples('sudo belay agent tools install --postgres 15'))
    .action(async ({ to, postgres }: InstallOptions) => {
      const found = await installHostTools({
        ...{ resticFolder: to, log: remark },
        ...(postgres !== undefined && { postgres }),
      });
      print(renderHostTools(found));
      const missing = found.filter(({ problem }) => problem !== undefined);
      if (missing.length > 0) throw failureOf(missing);
    });
}

function majorVersion(given: string): number {
  if (/^\d{2}$/.test(given)) return Number(given);
  throw new InvalidArgumentError('Write a major version, such as 15.');
}

function failureOf(missing: readonly FoundTool[]): CliFailure {
  const names = missing.map(({ tool }) => `${tool.name} ${tool.oldest} or later`).join(', ');
  return new CliFailure(
    exitCodes.notDone,
    `Still missing: ${names}. Install it by hand, and name its path in the settings of the agent.`,
  );
}
