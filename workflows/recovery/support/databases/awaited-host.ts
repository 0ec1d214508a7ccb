import { CancellationScope } from '@temporalio/workflow';
import type { RunStep } from '../../../../src/contracts/kernel/agent.ts';
import type { FenceEvidence } from '../../../../src/contracts/recovery/database-node.ts';
import type { Meanwhile } from '../../../kernel/await-approval.ts';
import { refusal } from './examine-nodes.ts';
import type { NodeActs } from './node-acts.ts';

interface AwaitedFence {
  act: RunStep;
  graceMs: number;
  /** Also where its server takes writes. */
  evenIfUp: boolean;
}

const lookMs = 1_000;

/**
 * A host that is asked for as long as people are: what it does itself is better evidence than their
 * word. A server that takes writes when its host is back was cut off, and is left alone.
 */
export class AwaitedHost implements Meanwhile {
  /** Ends the wait for people. */
  readonly isBack = new Error('its host is back');
  readonly #acts: NodeActs;
  readonly #order: AwaitedFence;
  readonly #scope = new CancellationScope();
  #asking: Promise<void> | undefined;
  #fenced: FenceEvidence | undefined;
  #up: string | undefined;

  constructor(acts: NodeActs, order: AwaitedFence) {
    this.#acts = acts;
    this.#order = order;
  }

  get name(): string {
    return this.#acts.name;
  }

  goOn(): void {
    this.#asking ??= this.#scope.run(() => this.#ask());
    this.#asking.catch(() => undefined);
  }

  hasNews(): boolean {
    return this.#fenced !== undefined || this.#up !== undefined;
  }

  async takeIn(): Promise<void> {
    if (this.#fenced !== undefined) throw this.isBack;
    if (this.#up === undefined) return;
    throw refusal(`${this.name} is up, and its host is back (${this.#up}): it was cut off`);
  }

  /** What it has begun to do it does; what it has not begun it never does. Returns what it said. */
  async stop(): Promise<FenceEvidence | undefined> {
    this.#scope.cancel();
    await this.#asking?.catch(() => undefined);
    return this.#fenced;
  }

  async #ask(): Promise<void> {
    const { act, graceMs, evenIfUp } = this.#order;
    if (!evenIfUp) {
      const { view, detail } = await this.#acts.observeOnceBack(lookMs);
      if (view === 'accepting') {
        this.#up = detail;
        return;
      }
    }
    this.#fenced = await this.#acts.fenceOnceBack(act, graceMs);
  }
}
