import type { z } from 'zod';
import { duration, mapping, text, wholeNumber } from '../kernel/written.ts';
import { assertionKeys, type DatabaseAssertions } from './assertions.ts';
import { agentName } from '../kernel/agent-name.ts';

/** What a drill restores, where, and what it asks of it. */
export interface DrillChoice {
  /** Absent: chosen at random. */
  component?: string;
  /** That restores; absent: the component's own. */
  agent?: string;
  /** One in this many drills restores from a repository other than the first; 0: none does. */
  secondRepositoryEvery: number;
  /** The agent removes what was restored after this, whatever has become of the run. */
  keepForMs: number;
  assertions: DatabaseAssertions;
}

const dayMs = 86_400_000;

export const drillSchema = mapping({
  component: text('write the name of a component')
    .exactOptional()
    .describe('Default: one of them, at random.'),
  agent: agentName
    .exactOptional()
    .describe('The agent that restores, on its own host. Default: that of the component.'),
  secondRepositoryEvery: wholeNumber(0, 100)
    .prefault(4)
    .describe(
      'One in this many drills restores from a repository other than the first; 0: none. Default: 4.',
    ),
  keepFor: duration(60_000, 7 * dayMs)
    .prefault('12h')
    .describe('The host removes the copy after this, whatever has become of the drill.'),
  ...assertionKeys,
}).transform(chooseDrill);

/** A drill that the plan says nothing of. */
export const usualDrill = drillSchema.parse({});

function chooseDrill(
  written: z.output<z.ZodObject<typeof assertionKeys>> & {
    component?: string;
    agent?: string;
    secondRepositoryEvery: number;
    keepFor: number;
  },
): DrillChoice {
  const { component, agent, secondRepositoryEvery, keepFor, ...asked } = written;
  const { heartbeat, sql, roles = [], structure, checksums, sequences } = asked;
  return {
    ...(component !== undefined && { component }),
    ...(agent !== undefined && { agent }),
    secondRepositoryEvery,
    keepForMs: keepFor,
    assertions: {
      ...(heartbeat !== undefined && { heartbeat }),
      ...{ sql, roles, structure, checksums, sequences },
    },
  };
}
