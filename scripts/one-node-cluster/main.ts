import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { identify, isAlive } from '../../src/processes/identity.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { downCluster, findCluster, upCluster } from './cluster.ts';
import { environmentOf } from './environment.ts';
import { SetupFailed } from '../programs/failure.ts';
import { sampleImages } from './images/sample-images.ts';
import { describeClusters } from './list.ts';

const usage = `Usage: scripts/cluster <up | down | env | list | images> [--name NAME]

A real Kubernetes with one node on this machine, for tests and trials: control plane, kubelet,
kube-proxy, containerd, Traefik (Gateway API and ingress-nginx annotations), kwok for fake nodes.
It lives in a network namespace that only this machine reaches. Needs Linux, root and Go; the
first start builds the programs, which takes some minutes, and keeps them in Belay's cache.

  up     starts it; does nothing when it is up
  down   stops it and leaves nothing
  env    prints what a shell needs:  eval "$(scripts/cluster env)"
  list   all clusters on this machine
  images prints where the archives of the sample images are, to load into a cluster of your own

  --name NAME   which one, default "belay"; clusters run side by side
  --after PID   down: only once that process is gone, so that nobody's cluster outlives him
  --help        this text

Exit codes: 0 done, 1 it failed, 2 it was asked for wrongly.`;

interface Asked {
  verb: string;
  name: string;
  after?: string;
  help: boolean;
}

const verbs: Record<string, (asked: Asked) => Promise<string>> = {
  up: async ({ name }) => {
    const startedMs = performance.now();
    const { gatewayUrl } = await upCluster(name, progress);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    return `${name} is up (${seconds} s), routes at ${gatewayUrl}. To use it:  eval "$(scripts/cluster env --name ${name})"`;
  },
  down: async ({ name, after }) => {
    if (after !== undefined) await untilGone(Number(after));
    await downCluster(name);
    return `${name} is down`;
  },
  env: async ({ name }) => environmentOf(await findCluster(name)),
  list: () => describeClusters(),
  images: async () => (await sampleImages({ cache: loadConfig().cache, log: progress })).join('\n'),
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

async function untilGone(pid: number): Promise<void> {
  const identity = await identify(pid);
  while (identity && (await isAlive(identity))) await sleep(250);
}

function parse(): Asked | string {
  try {
    const { values, positionals } = parseArgs({
      options: {
        name: { type: 'string', default: 'belay' },
        after: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [verb = '', ...rest] = positionals;
    if (rest.length > 0) return `One verb at a time: "${rest.join(' ')}" is too much.`;
    if (values.after !== undefined && !/^\d+$/.test(values.after)) {
      return `--after takes a process id, not "${values.after}".`;
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
