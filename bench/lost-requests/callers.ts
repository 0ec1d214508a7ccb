import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LoadCounts } from '../../scripts/load/load-client.ts';
import type { CallersOrder, CallersSeen } from './callers-process.ts';
import type { DeployedShop } from './deployed-shop.ts';

/** The address: that of users, or the Service's own, which bypasses the route. */
export type Way = 'entrance' | 'direct';
/** A connection for each request, or connections that are kept. */
export type Connections = 'new' | 'kept';

export interface CallerAddress {
  way: Way;
  connections: Connections;
  url: string;
}

export interface Caller extends CallerAddress {
  counts: LoadCounts;
  /** When v2 answered, in milliseconds since the epoch. */
  canaryAnswersAtMs: number[];
}

const program = fileURLToPath(new URL('callers-process.ts', import.meta.url));
const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Clients of one shop, one of each kind, at a constant rate until they are stopped. */
export class Callers {
  private readonly addresses: CallerAddress[];
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;
  private seen: CallersSeen | undefined;

  private constructor(addresses: CallerAddress[], child: ChildProcess) {
    this.addresses = addresses;
    this.child = child;
    this.exited = once(child, 'exit');
    child.on('message', (seen: CallersSeen) => (this.seen = seen));
  }

  /** Returns when they are running. */
  static async start(shop: DeployedShop, ratePerSecond: number): Promise<Callers> {
    const ways: Way[] = shop.entrance === shop.direct ? ['entrance'] : ['entrance', 'direct'];
    const addresses = ways.flatMap((way) =>
      (['new', 'kept'] as const).map((connections) => ({ way, connections, url: shop[way] })),
    );
    const order: CallersOrder = { addresses, ratePerSecond, noted: 'v2' };
    const child = fork(program, [JSON.stringify(order)], {
      execArgv: ['--import', typescriptLoader],
    });
    const callers = new Callers(addresses, child);
    await Promise.race([once(child, 'message'), callers.exited]);
    return callers;
  }

  get all(): Caller[] {
    const { callers = [] } = this.seen ?? {};
    return callers.flatMap(({ counts, notedAtMs }, index) => {
      const address = this.addresses[index];
      return address ? [{ ...address, counts, canaryAnswersAtMs: notedAtMs }] : [];
    });
  }

  /** The longest time for which they could not run, which is not a fault of the service. */
  get heldUpMs(): number {
    return this.seen?.heldUpMs ?? 0;
  }

  /** The number of the canary's responses at the entrance. */
  get canaryAnswers(): number {
    const entrance = this.all.filter(({ way }) => way === 'entrance');
    return entrance.reduce((sum, { canaryAnswersAtMs }) => sum + canaryAnswersAtMs.length, 0);
  }

  /** Returns when the last open request is answered or lost. */
  async stop(): Promise<void> {
    if (this.child.connected && this.seen?.isLast !== true) this.child.send('stop');
    await this.exited;
    if (this.seen?.isLast !== true) throw new Error('the clients ended before they were stopped');
  }
}
