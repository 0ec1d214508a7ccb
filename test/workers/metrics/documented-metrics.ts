import { readFile } from 'node:fs/promises';
import { routerMetrics } from '../../../src/contracts/local-platform.ts';

export interface DocumentedMetric {
  name: string;
  type: string;
  labels: string[];
}

/** The table in docs/metrics.md. */
export async function documentedMetrics(): Promise<DocumentedMetric[]> {
  const page = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `belay_'));
  return rows.map((row) => {
    const [, name = '', type = '', , labels = ''] = row.split('|').map((cell) => cell.trim());
    return {
      name: name.replaceAll('`', ''),
      type,
      labels: labels === '' ? [] : labels.split(', ').sort(),
    };
  });
}

/** Every name that an expression may use of what Belay exports, with a histogram's own. */
export async function exportedNames(): Promise<Set<string>> {
  const documented = await documentedMetrics();
  const { requests, duration, startTime } = routerMetrics;
  const histograms = [
    duration,
    ...documented.filter(({ type }) => type === 'histogram').map(({ name }) => name),
  ];
  const plain = documented.filter(({ type }) => type !== 'histogram').map(({ name }) => name);
  const ofHistograms = histograms.flatMap((name) => [
    `${name}_bucket`,
    `${name}_sum`,
    `${name}_count`,
  ]);
  return new Set([...plain, ...ofHistograms, requests, startTime]);
}
