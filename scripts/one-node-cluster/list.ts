import { healthOf } from './lifecycle/health.ts';
import { clusterNames, readRecord } from './lifecycle/record.ts';

/** One line for each cluster on this machine. */
export async function describeClusters(): Promise<string> {
  const names = await clusterNames();
  if (names.length === 0) return 'There is no cluster on this machine.';
  return (await Promise.all(names.map(describe))).join('\n');
}

async function describe(name: string): Promise<string> {
  const record = await readRecord(name);
  if (!record) return `${name}  broken: its record cannot be read`;
  const health = await healthOf(record);
  return health.up
    ? `${name}  up, API ${health.access.apiServerUrl}, routes ${health.access.gatewayUrl}`
    : `${name}  broken, gone: ${health.missing.join(', ')}`;
}
