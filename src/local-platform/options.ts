import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load-config.ts';

const accepted = { home: { type: 'string' }, port: { type: 'string' } } as const;

/** The options of the process: `--home <folder> --port <port>`, and the BELAY_ variables. */
export function readOptions(args: string[]) {
  const config = loadConfig();
  const { home, port = '0' } = parseArgs({ args, options: accepted }).values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
    throw new Error(`--port ${port} is not a port; write 0 to 65535, where 0 means any free port`);
  }
  return { home: resolve(home ?? config.home), port: Number(port), logLevel: config.logLevel };
}
