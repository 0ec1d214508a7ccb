import type { BackupProviders } from '../../contracts/backups/backup-host.ts';
import type { PlaceHost } from '../../contracts/backups/provider.ts';
import type { StoreCall } from '../../contracts/backups/store.ts';
import { AgentError } from '../../contracts/kernel/agent-host.ts';
import type { BackupSettings } from '../../specs/backups/agent-settings.ts';
import { refuseCall } from './refuse-call.ts';

interface PlacesOptions {
  agent: string;
  settings: BackupSettings;
  providers: BackupProviders;
}

/** What an agent does with the places of its databases: those of its settings, and nothing else. */
export function createPlaces({ agent, settings, providers }: PlacesOptions): PlaceHost {
  const of = async ({ component: { source } }: StoreCall): Promise<PlaceHost> => {
    const named = { source, repositories: [], labels: [], touchesSource: true };
    await refuseCall({ agent, settings }, named);
    const { place } = providers.postgres;
    if (source.kind === 'postgres' && place !== undefined) return place;
    throw new AgentError('refused', `agent ${agent} replaces only databases in their place`);
  };
  return {
    examinePlace: async (call, attempt) => (await of(call)).examinePlace(call, attempt),
    readPlace: async (call, attempt) => (await of(call)).readPlace(call, attempt),
    stopServer: async (call, attempt) => (await of(call)).stopServer(call, attempt),
    swapIn: async (call, attempt) => (await of(call)).swapIn(call, attempt),
    startServer: async (call, attempt) => (await of(call)).startServer(call, attempt),
    inspectServer: async (call, attempt) => (await of(call)).inspectServer(call, attempt),
    putBack: async (call, attempt) => (await of(call)).putBack(call, attempt),
    keepReplaced: async (call, attempt) => (await of(call)).keepReplaced(call, attempt),
  };
}
