import type { BackupProviders } from '../../contracts/backups/backup-host.ts';
import type { BackupProvider, Tools } from '../../contracts/backups/provider.ts';
import type { Source } from '../../contracts/backups/source.ts';
import type { StoreCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { NamedByCall } from '../../policies/backups/agents/judge-store-call.ts';
import type { BackupSettings } from '../../specs/backups/agent-settings.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { Copies } from './copies.ts';
import { refuseCall } from './refuse-call.ts';

/** What an agent answers calls about backups with. */
export interface BackupParts {
  agent: string;
  settings: BackupSettings;
  tools: Tools;
  providers: BackupProviders;
  /** Absent: its settings name no scratch folder. */
  copies: Copies | undefined;
  calls: CallsUnderWay;
}

export function providerOf(
  { providers: { postgres, files, kubernetes, volumes } }: Pick<BackupParts, 'providers'>,
  { component: { source } }: StoreCall,
): BackupProvider {
  switch (source.kind) {
    case 'postgres':
      return postgres;
    case 'files':
    case 'models':
    case 'configuration':
      return files;
    case 'kubernetes':
      return kubernetes;
    case 'volumes':
      return volumes;
    default:
      throw new AgentError('refused', `${showGiven((source as Source).kind)} is no kind of source`);
  }
}

/** Throws AgentError with every reason why the settings do not allow a call. */
export async function refuse(
  { agent, settings }: Pick<BackupParts, 'agent' | 'settings'>,
  call: StoreCall,
  named: Partial<NamedByCall>,
): Promise<void> {
  const { source } = call.component;
  const nothing = { repositories: [], labels: [], touchesSource: false };
  await refuseCall({ agent, settings }, { source, ...nothing, ...named });
}

export function requireCopies({ agent, copies }: Pick<BackupParts, 'agent' | 'copies'>): Copies {
  if (copies) return copies;
  throw new AgentError(
    'refused',
    `agent ${agent} restores nothing beside its source; its settings name no scratch folder`,
  );
}
