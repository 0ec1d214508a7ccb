import { readdir } from 'node:fs/promises';
import { readJson } from './json-file.ts';
import type { platformLayout } from './layout.ts';
import { serviceRecordSchema, type ServiceRecord } from './service-record.ts';

/** Every service of the platform's last run. Throws DamagedState. */
export async function readRecords(
  layout: ReturnType<typeof platformLayout>,
): Promise<ServiceRecord[]> {
  const records: ServiceRecord[] = [];
  for (const environment of await foldersIn(layout.state)) {
    for (const service of await foldersIn(`${layout.state}/${environment}`)) {
      const record = await readJson(
        layout.service(environment, service).record,
        serviceRecordSchema,
      );
      if (record) records.push(record);
    }
  }
  return records;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}
