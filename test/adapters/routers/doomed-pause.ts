/** An agent that pauses the clients of a router, as a process that can be killed. Argument: a DoomedPause. */
import { unattended } from '../../../src/agent/unattended.ts';
import type { RouterSettings } from '../../../src/specs/kernel/routers.ts';
import { routersOf } from './routers-of.ts';

export interface DoomedPause {
  routers: readonly RouterSettings[];
  stateFolder: string;
  forMs: number;
}

const { routers, stateFolder, forMs } = JSON.parse(process.argv[2] ?? '') as DoomedPause;
const call = { contract: 1, agent: 'pool-1', router: 'shop', kind: 'pgbouncer' as const };
const act = { runRef: 'prod/doomed/1', step: 1 };
await routersOf(routers, stateFolder).pauseRoute(
  { ...call, act, withinMs: 1_000, forMs },
  unattended,
);
process.stdout.write('paused\n');
setInterval(() => undefined, 1_000);
