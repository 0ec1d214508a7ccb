import * as z from 'zod';
import type { ArgumentValues } from '../../contracts/kernel/agent.ts';
import { refusal } from '../kernel/given.ts';
import { duration, idPart, mapping } from '../kernel/written.ts';
import { agentName } from '../kernel/agent-name.ts';

/** A command of an agent's allow-list. */
export interface HookCommand {
  /** Absent: the agent of the plan or, where that has none, of the component that it is about. */
  agent?: string;
  command: string;
  args: ArgumentValues;
}

/** A lease of an agent's allow-list: reverted by the host itself after `forMs`. */
export interface FreezeHook extends HookCommand {
  forMs: number;
}

const dayMs = 86_400_000;

const keys = {
  agent: agentName.exactOptional().describe('Whose command it is. Default: that of the plan.'),
  command: idPart('command').describe("A command of the agent's allow-list."),
  args: z
    .record(z.string(), z.union([z.string(), z.number()]), {
      error: refusal('write a mapping of parameters to values'),
    })
    .prefault({})
    .describe('Values for the parameters of the command.'),
};

const noShell = 'write command: the name of a command that the agent has, and args';

export const hookSchema = mapping(keys, { argv: noShell, shell: noShell });

export const freezeSchema = mapping(
  {
    ...keys,
    for: duration(1_000, dayMs).describe(
      'How long the sets may take; after it the host reverts the freeze by itself.',
    ),
  },
  { argv: noShell, shell: noShell, timeout: 'write for' },
).transform(({ for: forMs, ...hook }): FreezeHook => ({ ...hook, forMs }));
