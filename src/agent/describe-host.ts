import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { arch, hostname, platform } from 'node:os';
import { packageVersion } from '../config/package-version.ts';
import {
  agentContract,
  type AgentDescription,
  type CommandCapability,
  type ProbeCapability,
} from '../contracts/kernel/agent.ts';
import type { AgentSettings, CommandSettings, ProbeSettings } from '../specs/kernel/agent.ts';

/** What of the allow-list this host can do, as it is now. */
export async function describeHost(
  { name, commands, probes }: AgentSettings,
  instance: string,
): Promise<AgentDescription> {
  return {
    ...{ name, instance, host: hostname(), version: packageVersion(), contract: agentContract },
    startedAtMs: Date.now(),
    // By number: in a container, it need not have a name.
    system: `${platform()}/${arch()}, user ${process.getuid?.() ?? 'unknown'}`,
    commands: await Promise.all(commands.map(describeCommand)),
    probes: await Promise.all(probes.map(describeProbe)),
  };
}

async function describeCommand(command: CommandSettings): Promise<CommandCapability> {
  const { name, description, parameters, argv, lease, folder } = command;
  const programs = lease ? [lease.apply[0], lease.revert[0]] : [argv?.[0]];
  const unavailable = await findObstacle(programs, folder);
  return {
    ...{ name, description, parameters: Object.keys(parameters) },
    ...(lease && { isLease: true }),
    ...(unavailable !== undefined && { unavailable }),
  };
}

async function describeProbe({ name, description, what }: ProbeSettings): Promise<ProbeCapability> {
  const unavailable =
    what.kind === 'command' ? await findObstacle([what.argv[0]], what.program.folder) : undefined;
  return {
    ...{ name, description, kind: what.kind },
    ...(unavailable !== undefined && { unavailable }),
  };
}

async function findObstacle(
  programs: readonly (string | undefined)[],
  folder: string | undefined,
): Promise<string | undefined> {
  for (const program of new Set(programs)) {
    const isThere = await access(program ?? '', constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isThere) return `${program} is not there, or may not be executed`;
  }
  if (folder === undefined) return undefined;
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ? undefined : `there is no folder ${folder}`;
}
