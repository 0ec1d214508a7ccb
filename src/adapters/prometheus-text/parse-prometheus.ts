import { readLabels } from './read-labels.ts';

export interface ExposedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** The readable content of a metrics page. */
export interface Exposition {
  samples: ExposedSample[];
  /** By the declared name; in OpenMetrics it lacks the `_total` of a counter. */
  types: ReadonlyMap<string, string>;
  unreadable: UnreadableLine[];
}

export interface UnreadableLine {
  /** Counted from 1. */
  line: number;
  /** The name of its metric, if the line begins with one. */
  name?: string;
}

const metricName = /^[a-zA-Z_:][\w:]*/;
const typeLine = /^#[ \t]+TYPE[ \t]+("?)([^\s"]+)\1[ \t]+(\w+)/;
/** A value, a timestamp (OpenMetrics has fractions of seconds), and an exemplar, which is not read. */
const afterLabels = /^[ \t]*([^\s{}#]+)(?:[ \t]+[-+\d.eE]+)?[ \t]*(?:[ \t]#[ \t].*)?$/;

/**
 * Reads the Prometheus text format (0.0.4 and 1.0.0) and OpenMetrics 1.0. A line that cannot be
 * read is skipped and listed in `unreadable`; check there before using its metric.
 */
export function parsePrometheus(text: string): Exposition {
  const samples: ExposedSample[] = [];
  const types = new Map<string, string>();
  const unreadable: UnreadableLine[] = [];
  for (const [index, whole] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = whole.trim();
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, , name, type] = typeLine.exec(line) ?? [];
      if (name !== undefined && type !== undefined) types.set(name, type);
      continue;
    }
    const sample = parseSample(line);
    if (sample) samples.push(sample);
    else unreadable.push({ line: index + 1, ...nameOf(line) });
  }
  return { samples, types, unreadable };
}

function parseSample(line: string): ExposedSample | undefined {
  const bare = metricName.exec(line)?.[0];
  const rest = line.slice(bare?.length ?? 0).trimStart();
  const read = readLabels(rest);
  if (read === undefined) return undefined;
  const name = bare ?? read.name;
  if (name === undefined || (bare !== undefined && read.name !== undefined)) return undefined;
  const isApart = read.length > 0 || /^[ \t]/.test(line.slice(bare?.length ?? 0));
  const written = isApart ? afterLabels.exec(rest.slice(read.length))?.[1] : undefined;
  const value = written === undefined ? undefined : parseValue(written);
  return value === undefined ? undefined : { name, labels: read.labels, value };
}

function parseValue(written: string): number | undefined {
  if (/^nan$/i.test(written)) return NaN;
  const [, sign] = /^([+-]?)inf(?:inity)?$/i.exec(written) ?? [];
  if (sign !== undefined) return sign === '-' ? -Infinity : Infinity;
  const value = Number(written);
  return Number.isNaN(value) ? undefined : value;
}

function nameOf(line: string): { name?: string } {
  const name = metricName.exec(line)?.[0] ?? /^\{\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1];
  return name === undefined ? {} : { name };
}
