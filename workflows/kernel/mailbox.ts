import type { Incoming } from './slot.ts';
import { Slot } from './slot.ts';

/** A person's answer to an undo that failed, or to a run that cannot go on by itself. */
export type Answer = 'retry' | 'giveUp';

/** What handlers write. A family that hears more adds slots of its own. */
export class Mailbox {
  readonly answers = new Slot<Answer>();
  /** Who approved. */
  readonly approvals = new Slot<string>();
}

/** What the story reads of a mailbox. */
export type Inbox<M extends Mailbox = Mailbox> = {
  readonly [K in keyof M]: M[K] extends Slot<infer T> ? Incoming<T> : never;
};
