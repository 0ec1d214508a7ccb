import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { BelayOrigin } from '../system/belay-command.ts';
import { WrongOption } from './arguments.ts';
import { describeSurroundings, renderSurroundings } from './surroundings.ts';
import { print } from './tell.ts';

export interface Benchmark<T> {
  usage: string;
  /** Options with a text value, with their defaults. */
  defaults: Record<string, string>;
  /** Options without a value. */
  flags?: string[];
  measure: (options: BenchmarkOptions) => Promise<T>;
  /** Prints the figures. */
  show: (figures: T) => void;
  /** The missed targets, one line each. */
  missed: (figures: T) => string[];
}

export interface BenchmarkOptions {
  origin: BelayOrigin;
  text: (option: string) => string;
  isSet: (flag: string) => boolean;
}

const common = `
  --json         print the figures as JSON, and nothing else, on stdout
  --sources      measure the sources of this checkout instead of the build
  --help         this text`;

/** What every benchmark command does. Exits with 1 if a target was missed. */
export async function runBenchmark<T>(benchmark: Benchmark<T>): Promise<void> {
  try {
    await run(benchmark);
  } catch (error) {
    if (!isWrongOption(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

async function run<T>(benchmark: Benchmark<T>): Promise<void> {
  const { usage, defaults, flags = [], measure, show, missed } = benchmark;
  const given = readOptions(defaults, flags);
  if (given['help'] === true) {
    print(usage + common);
    return;
  }
  const origin = given['sources'] === true ? 'sources' : 'build';
  const surroundings = describeSurroundings(origin);
  const figures = await measure({
    origin,
    text: (option) => String(given[option]),
    isSet: (flag) => given[flag] === true,
  });
  const misses = missed(figures);
  if (misses.length > 0) process.exitCode = 1;
  if (given['json'] === true) {
    print(JSON.stringify({ surroundings, figures, missed: misses }, null, 2));
    return;
  }
  print(renderSurroundings(surroundings));
  show(figures);
  print(misses.map((miss) => `Missed: ${miss}`).join('\n') || 'Every target was met.');
}

/** The given or default text; true for a flag that is set. */
function readOptions(defaults: Record<string, string>, flags: string[]): Record<string, unknown> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, value] of Object.entries(defaults)) {
    options[name] = { type: 'string', default: value };
  }
  for (const name of [...flags, 'json', 'sources', 'help']) options[name] = { type: 'boolean' };
  return parseArgs({ options }).values;
}

function isWrongOption(error: unknown): error is Error {
  if (error instanceof WrongOption) return true;
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS');
}
