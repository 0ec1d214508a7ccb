import { backupsSection } from './backups/agent-schema.ts';
import type { BackupSettings } from './backups/agent-settings.ts';
import { resolveAgent, type AgentResolution } from './kernel/agent-resolve.ts';
import type { AgentSettings } from './kernel/agent.ts';

/** All that an agent may do on its host. */
export interface HostSettings extends AgentSettings {
  backups?: BackupSettings;
}

type Resolved = Extract<AgentResolution, { ok: true }>;
type Refused = Exclude<AgentResolution, Resolved>;

/** What a settings file says, the sections of all families included, or every problem that it has. */
export function resolveHostSettings(
  text: string,
  name?: string,
): (Pick<Resolved, 'ok' | 'lineOf'> & { settings: HostSettings }) | Refused {
  const resolution = resolveAgent(text, { name, sections: { backups: backupsSection } });
  if (!resolution.ok) return resolution;
  const { settings, sections, lineOf } = resolution;
  // The section resolves to nothing else.
  const backups = sections['backups'] as BackupSettings | undefined;
  return { ok: true, lineOf, settings: { ...settings, ...(backups && { backups }) } };
}
