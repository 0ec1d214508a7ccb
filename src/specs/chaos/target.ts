import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { refusal } from '../kernel/given.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { idPart, listOf, mapping } from '../kernel/written.ts';

/** What may be hit: the same on each of these hosts. */
export interface ExperimentTarget {
  agents: string[];
  /** As the settings of the agents name it; absent: the host itself. */
  process?: string;
}

/** How many of them are hit. */
export type BlastRadius = { count: number } | { percent: number };

const agents = listOf(agentName, 'write a list of agents')
  .max(100, { error: 'has too many agents; at most 100' })
  .superRefine((names, context) => {
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      context.addIssue({ code: 'custom', path: [index], message: `${name} is there twice` });
    });
  });

export const targetSchema = mapping(
  {
    agents: agents.describe('The agents of the hosts that may be hit.'),
    process: idPart('process')
      .exactOptional()
      .describe('A process, as chaos.processes of the settings of these agents names it.'),
    host: z
      .literal(true, { error: refusal('write true, or name a process') })
      .exactOptional()
      .describe('true: the hosts themselves.'),
  },
  { agent: 'write agents: a list', processes: 'write process: one name', service: 'write process' },
)
  .check(judgedBy(judgeTarget))
  .transform(({ agents: names, process }): ExperimentTarget => ({
    agents: names,
    ...(process !== undefined && { process }),
  }));

function judgeTarget({ process, host }: Unfinished): Finding[] {
  if ((process === undefined) !== (host === undefined)) return [];
  const found = process === undefined ? 'says nothing of what is hit' : 'has process and host';
  return [{ path: [], message: `${found}; write process, or host: true` }];
}
