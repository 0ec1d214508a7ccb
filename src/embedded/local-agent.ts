import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { TemporalEndpoint } from '../adapters/temporal/endpoint.ts';
import type { Config } from '../config/config.ts';
import { homeLayout } from '../config/home.ts';

/**
 * The settings of the agent that `belay up` runs, unless there are some: it may do nothing yet. It
 * is named `local`; where others use the same Temporal, after this machine, too.
 */
export async function writeFirstSettings(
  { home }: Pick<Config, 'home'>,
  { source }: Pick<TemporalEndpoint, 'source'>,
): Promise<void> {
  const { agentSettings, agentState } = homeLayout(home);
  await mkdir(dirname(agentSettings), { recursive: true });
  const settings = [
    '# What the agent of this machine may do: see docs/agents.md. `belay up` reads it when it starts.',
    `name: ${source === 'settings' ? `local-${machineName()}` : 'local'}`,
    `stateFolder: ${JSON.stringify(agentState)}`,
    'commands: {}',
    'probes: {}',
  ];
  await writeFile(agentSettings, `${settings.join('\n')}\n`, { flag: 'wx', mode: 0o600 }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    },
  );
}

/** As a name of an agent may be written. */
function machineName(): string {
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50);
  return name.replaceAll(/^-+|-+$/g, '') || 'host';
}
