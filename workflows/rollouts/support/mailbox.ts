import { Mailbox } from '../../kernel/mailbox.ts';
import { Slot } from '../../kernel/slot.ts';

/** How a person ended the open hold; `promoteFull` stands for all later ones too. */
export interface Decision {
  kind: 'promote' | 'promoteFull';
  by: string;
}

/** What people say to a rollout. */
export class RolloutMailbox extends Mailbox {
  readonly decisions = new Slot<Decision>();
}
