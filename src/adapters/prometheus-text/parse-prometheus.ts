import { PlatformError } from '../../contracts/platform.ts';

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
const label = /\s*([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*(?:,|$)/y;

/** The samples of a text in the Prometheus exposition format 0.0.4. Throws PlatformError unavailable. */
export function parsePrometheus(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(parseSample);
}

function parseSample(line: string): Sample {
  const [, name, labels = '', written = ''] = sampleLine.exec(line) ?? [];
  const value = parseValue(written);
  if (name === undefined || value === undefined) throw notMetrics(line);
  return { name, labels: parseLabels(labels, line), value };
}

function parseLabels(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  label.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = label.lastIndex) {
    label.lastIndex = at;
    const [, name, value] = label.exec(text) ?? [];
    if (name === undefined || value === undefined) throw notMetrics(line);
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) =>
      escaped === 'n' ? '\n' : escaped,
    );
  }
  return labels;
}

function parseValue(written: string): number | undefined {
  if (written === 'NaN') return NaN;
  const infinity = /^([+-]?)Inf$/.exec(written);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  const value = Number(written);
  return written === '' || Number.isNaN(value) ? undefined : value;
}

function notMetrics(line: string): PlatformError {
  const shown = line.slice(0, 200);
  return new PlatformError('unavailable', `not in the Prometheus text format: ${shown}`);
}
