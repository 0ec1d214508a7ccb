import type { ResticRepositorySettings } from '../../specs/backups/agent-settings.ts';

/** The part of an agent's settings that restic needs. */
export interface ResticSettings {
  repositories: readonly ResticRepositorySettings[];
  /** Absolute: what may be read, and restored in place, with everything below. */
  paths: readonly string[];
  /** Where restic keeps what it has read of a repository; absent: nowhere. */
  cacheFolder?: string;
  /** How long an expiry waits for a lock of somebody else; absent: two minutes. */
  lockPatienceMs?: number;
}
