import os from 'node:os';
import type { BelayOrigin } from '../system/belay-command.ts';

/** Where and when figures were got: without it they mean little. */
export interface Surroundings {
  date: string;
  cores: number;
  cpu: string;
  memoryGb: number;
  node: string;
  /** Of one minute, when the benchmark began. Above the number of cores, others were at work. */
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
    lines.push('The machine was busy with other work: latencies are worse than on one of its own.');
  }
  return lines.join('\n');
}
