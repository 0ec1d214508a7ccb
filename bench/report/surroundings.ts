import os from 'node:os';
import type { BelayOrigin } from '../system/belay-command.ts';

/** Where and when figures were measured. */
export interface Surroundings {
  date: string;
  cores: number;
  cpu: string;
  memoryGb: number;
  node: string;
  /** Over one minute, at the start of the benchmark. If it is above the number of cores, the machine was busy. */
  loadAverage: number;
  measured: BelayOrigin;
}

export function describeSurroundings(measured: BelayOrigin): Surroundings {
  const cpus = os.cpus();
  return {
    date: new Date().toISOString(),
    cores: cpus.length,
    cpu: cpus[0]?.model ?? 'unknown',
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    loadAverage: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
    measured,
  };
}

export function renderSurroundings(surroundings: Surroundings): string {
  const { date, cores, cpu, memoryGb, node, loadAverage, measured } = surroundings;
  const lines = [
    `${date}, ${cores} cores (${cpu}), ${memoryGb} GB, Node ${node}, the ${measured} of Belay`,
    `load average at the start: ${loadAverage}`,
  ];
  if (loadAverage > cores / 2) {
    lines.push(
      'The machine was busy with other work: latencies are worse than on a dedicated machine.',
    );
  }
  return lines.join('\n');
}
