import { readFile } from 'node:fs/promises';

export interface ProcessMemory {
  rssMb: number;
  /** The largest value so far. */
  peakMb: number;
}

/** Resident memory, as Linux counts it. */
export async function readMemory(pid: number): Promise<ProcessMemory> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return { rssMb: megabytes(status, 'VmRSS'), peakMb: megabytes(status, 'VmHWM') };
}

function megabytes(status: string, field: string): number {
  const [, kilobytes] = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status) ?? [];
  if (kilobytes === undefined) throw new Error(`/proc/<pid>/status has no ${field}`);
  return Math.round(Number(kilobytes) / 1024);
}
