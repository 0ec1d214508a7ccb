import type { Acts, BackupProvider, OnHost, PlaceHost, SearchHost } from './provider.ts';

/** Who backs up which kind of source: models and configuration are files. */
export interface BackupProviders {
  postgres: BackupProvider;
  files: BackupProvider;
  kubernetes: BackupProvider;
  volumes: BackupProvider;
}

/** What an agent does with sources, repositories and copies. */
export type StoreHost = OnHost<Acts>;

/**
 * What an agent does about backups. Everything that a call names is in the agent's settings, or
 * refused before anything is done.
 */
export type BackupHost = StoreHost & PlaceHost & SearchHost;
