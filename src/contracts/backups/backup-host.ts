import type { Attempt } from '../kernel/agent-host.ts';
import type { Acts, BackupProvider } from './provider.ts';

/** Who backs up which kind of source: models and configuration are files. */
export interface BackupProviders {
  postgres: BackupProvider;
  files: BackupProvider;
  kubernetes: BackupProvider;
}

/**
 * What an agent does about backups: the same as the activities, given the attempt. Everything that a
 * call names is in the agent's settings, or refused before anything is done. Throws AgentError.
 */
export type BackupHost = {
  [Name in keyof Acts]: (
    call: Parameters<Acts[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<Acts[Name]>;
};
