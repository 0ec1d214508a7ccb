import { parseArgs } from 'node:util';
import { SetupFailed } from '../programs/failure.ts';
import { balance } from './balance.ts';
import {
  downCluster,
  findCluster,
  killServer,
  serverNames,
  startServer,
  upCluster,
  type ServerName,
} from './cluster.ts';

const usage = `Usage: scripts/temporal-cluster <up | down | env | kill | start> [--name NAME] [--server SERVER]

The real Temporal server on this machine, for tests and trials: two server processes, each with all
services, on one PostgreSQL, behind one address. Needs Linux, Go and PostgreSQL 12 or newer; the first
start builds the server, which takes some minutes, and keeps it in Belay's cache. Nothing of it
outlives a crash of the machine.

  up     starts it; does nothing when it is up
  down   stops it and leaves nothing
  env    prints what a shell needs:  eval "$(scripts/temporal-cluster env)"
  kill   SIGKILL for one of the servers
  start  starts a server that was killed

  --name NAME      which one, default "belay"; clusters run side by side
  --server SERVER  ${serverNames.join(' or ')}
  --help           this text

Exit codes: 0 done, 1 it failed, 2 it was asked for wrongly.`;

interface Asked {
  verb: string;
  name: string;
  server: string;
  port: string;
  to: string;
  help: boolean;
}

const verbs: Record<string, (asked: Asked) => Promise<string>> = {
  up: async ({ name }) => {
    const startedMs = performance.now();
    const { address } = await upCluster(name, progress);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    return `${name} is up (${seconds} s) at ${address}. To use it:  eval "$(scripts/temporal-cluster env --name ${name})"`;
  },
  down: async ({ name }) => {
    await downCluster(name);
    return `${name} is down`;
  },
  env: async ({ name }) => `export TEMPORAL_ADDRESS='${(await findCluster(name)).address}'`,
  kill: async ({ name, server }) => {
    await killServer(name, serverNamed(server));
    return `${server} of ${name} is killed`;
  },
  start: async ({ name, server }) => {
    await startServer(name, serverNamed(server));
    return `${server} of ${name} serves`;
  },
  /** What `up` starts in the background: the shared address of the servers. */
  balance: async ({ port, to }) => {
    await balance(Number(port), to.split(',').map(Number));
    return new Promise<never>(() => undefined);
  },
};

process.exit(await run());

async function run(): Promise<number> {
  const asked = parse();
  if (typeof asked === 'string') return refuse(asked);
  if (asked.help) return print(usage);
  const verb = verbs[asked.verb];
  if (!verb) return refuse(`There is no verb "${asked.verb}".`);
  try {
    return print(await verb(asked));
  } catch (error) {
    if (!(error instanceof SetupFailed)) throw error;
    progress(error.message);
    return 1;
  }
}

function serverNamed(name: string): ServerName {
  const found = serverNames.find((one) => one === name);
  if (!found) throw new SetupFailed(`--server is ${serverNames.join(' or ')}, not "${name}"`);
  return found;
}

function parse(): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      options: {
        name: { type: 'string', default: 'belay' },
        server: { type: 'string', default: '' },
        port: { type: 'string', default: '' },
        to: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [verb = '', ...rest] = positionals;
    if (rest.length > 0) return `One verb at a time: "${rest.join(' ')}" is too much.`;
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(values.name)) {
      return `--name takes small letters, digits and dashes, not "${values.name}".`;
    }
    return { verb, ...values };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function refuse(why: string): number {
  progress(`${why}\n\n${usage}`);
  return 2;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
