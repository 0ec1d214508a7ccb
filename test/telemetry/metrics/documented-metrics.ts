import { readFile } from 'node:fs/promises';
import { routerMetrics } from '../../../src/contracts/rollouts/local-platform.ts';

export interface DocumentedMetric {
  name: string;
  type: string;
  labels: string[];
}

/** The tables in docs/metrics.md of these sections; of all without. */
export async function documentedMetrics(
  ...sections: ('worker' | 'gateway' | 'agent' | 'both' | 'cache')[]
): Promise<DocumentedMetric[]> {
  const page = await readFile(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = page
    .split('\n## ')
    .filter((section) => sections.length === 0 || sections.some((one) => isAbout(section, one)))
    .flatMap((section) => section.split('\n'))
    .filter((line) => /^\| `(belay|circuit_breaker)_/.test(line));
  return rows.map((row) => {
    const [, name = '', type = '', , labels = ''] = row.split('|').map((cell) => cell.trim());
    return {
      name: name.replaceAll('`', ''),
      type,
      labels: labels === '' ? [] : labels.split(', ').sort(),
    };
  });
}

function isAbout(section: string, process: string): boolean {
  return new RegExp(`^What (an? )?${process} exports?\\n`).test(section);
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
