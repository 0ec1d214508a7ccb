import { agentName } from '../kernel/agent-name.ts';
import { duration, idPart, mapping } from '../kernel/written.ts';

/** A PgBouncer, as the settings of an agent name it. */
export interface Pooler {
  agent: string;
  router: string;
}

/** A PgBouncer whose clients wait. */
export interface ClientPause extends Pooler {
  /** Open transactions have so long to end. */
  withinMs: number;
  /** Clients go on by themselves after so long. */
  forMs: number;
}

const dayMs = 86_400_000;

export const clientPauseSchema = mapping(
  {
    agent: agentName.describe('The agent on the host of the PgBouncer.'),
    router: idPart('router').describe('A router pgbouncer of its settings.'),
    within: duration(100, 60_000)
      .prefault('5s')
      .describe('For open transactions to end. Default: 5s.'),
    for: duration(60_000, dayMs)
      .prefault('1h')
      .describe('Clients go on by themselves after this, whoever has died. Default: 1h.'),
  },
  { pgbouncer: 'write agent and router', until: 'write for: a duration' },
).transform(({ within, for: forMs, ...pooler }): ClientPause => ({
  ...pooler,
  withinMs: within,
  forMs,
}));
