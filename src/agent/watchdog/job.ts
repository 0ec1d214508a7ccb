import type { Secret } from '../../specs/kernel/agent.ts';
import type { ActRecord } from '../acts/act-files.ts';

/** What a watchdog is told on its standard input. Secrets are nowhere else but in its memory. */
export interface WatchdogJob {
  /** `revert`: what an earlier watchdog applied. */
  mode: 'act' | 'revert';
  folder: string;
  mark: string;
  record: ActRecord;
  secrets: Secret[];
}
