import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { KindDefinition } from '../../src/kinds/kind.ts';
import type { Continuation } from './continuation.ts';

/** What a workflow of any kind is started with. */
export interface RunStart<Spec> {
  kind: KindDefinition<Spec>;
  input: unknown;
  request: StartRequest | undefined;
  /** Of the run before it, if it continued as new. */
  continuation: Continuation | undefined;
}

/** What runs under this workflow ID when this run has ended. */
export interface Successor {
  kind: string;
  workflowType: string;
  input: unknown;
  request: StartRequest;
}
