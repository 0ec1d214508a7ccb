import { readMemory, type ProcessMemory } from '../measures/process-memory.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';

export interface SystemMemory {
  worker: ProcessMemory;
  platform: ProcessMemory;
  server: ProcessMemory;
}

export async function readSystemMemory(system: MeasuredSystem): Promise<SystemMemory> {
  return {
    worker: await readMemory(await system.pidOf('worker')),
    platform: await readMemory(await system.pidOf('local platform')),
    server: await readMemory(await system.pidOf('Temporal server')),
  };
}
