import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { TemporalEndpoint } from '../adapters/temporal/endpoint.ts';
import type { Config } from '../config/config.ts';
import { homeLayout } from '../config/home.ts';

/**
 * The settings of the agent that `belay up` runs, unless there are some: it may back up one file that
 * every machine has, to a folder of its home, and nothing else yet. It is named `local`; where others
 * use the same Temporal, after this machine, too.
 */
export async function writeFirstSettings(
  { home }: Pick<Config, 'home'>,
  { source }: Pick<TemporalEndpoint, 'source'>,
): Promise<void> {
  const layout = homeLayout(home);
  await mkdir(dirname(layout.agentSettings), { recursive: true });
  const settings = {
    name: source === 'settings' ? `local-${machineName()}` : 'local',
    stateFolder: layout.agentState,
    commands: {},
    probes: {},
    backups: {
      repositories: {
        files: {
          restic: {
            location: layout.agentBackups,
            create: true,
            secrets: { RESTIC_PASSWORD: { file: layout.agentBackupsPassword } },
          },
        },
      },
      paths: ['/etc/hosts'],
      scratch: { folder: layout.agentCopies },
    },
  };
  // The password first: the settings of a start that died in between are written by the next one.
  await writeOnce(layout.agentBackupsPassword, randomBytes(32).toString('base64url'));
  await writeOnce(
    layout.agentSettings,
    '# What the agent of this machine may do: see docs/agents.md. `belay up` reads it when it starts.\n' +
      stringify(settings),
  );
}

async function writeOnce(file: string, content: string): Promise<void> {
  await writeFile(file, content, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

/** As a name of an agent may be written. */
function machineName(): string {
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50);
  return name.replaceAll(/^-+|-+$/g, '') || 'host';
}
