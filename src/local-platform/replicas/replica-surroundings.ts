import type { Logger } from 'pino';
import type { ProcessTable } from '../state/process-table.ts';
import type { PortPool } from './port-pool.ts';

/** What the replicas of one service share. */
export interface ReplicaSurroundings {
  service: string;
  table: ProcessTable;
  ports: PortPool;
  logFolder: string;
  log: Logger;
}
