import { mapping } from '../kernel/written.ts';
import { kindKey } from './kind.ts';
import { playbookSchema, type PlaybookSpec } from './playbook.ts';

/** Tries whether a playbook could be run now, and changes nothing. */
export interface PlaybookRehearsalSpec {
  kind: 'playbookRehearsal';
  playbook: PlaybookSpec;
}

export const playbookRehearsalSchema = mapping({
  kind: kindKey('playbookRehearsal'),
  playbook: playbookSchema.describe('The whole spec of the playbook, with values for its inputs.'),
}).transform((spec): PlaybookRehearsalSpec => spec);
