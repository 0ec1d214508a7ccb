import * as z from 'zod';
import { readRunFile, writeRunFile } from '../../src/processes/run-file.ts';
import { clusterLayout } from './layout.ts';

const processShape = z.object({
  name: z.string(),
  pid: z.int(),
  startTime: z.string(),
});

const recordShape = z.object({
  name: z.string(),
  /** Written before waiting for each process, so that an interrupted start can be cleaned up. */
  processes: z.array(processShape),
  /** Set when everything answers: the shared address of all servers, and each server's own. */
  access: z.object({ address: z.string(), servers: z.record(z.string(), z.string()) }).optional(),
});

export type ClusterRecord = z.infer<typeof recordShape>;
export type PartProcess = z.infer<typeof processShape>;

/** What is needed to use a cluster. */
export type ClusterAccess = NonNullable<ClusterRecord['access']>;

export function readRecord(name: string): Promise<ClusterRecord | undefined> {
  return readRunFile(clusterLayout(name).record, recordShape);
}

export function writeRecord(record: ClusterRecord): Promise<void> {
  return writeRunFile(clusterLayout(record.name).record, record);
}
