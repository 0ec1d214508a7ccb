import type { Attempt } from '../kernel/agent-host.ts';
import type {
  ExamineSqlCall,
  ExecuteSqlCall,
  SqlActivities,
  SqlAnswer,
  SqlFacts,
  StatementCall,
} from './sql.ts';

/** What an agent does for statements of playbooks: its activities, given the attempt. Throws AgentError. */
export type SqlHost = {
  [Name in keyof SqlActivities]: (
    call: Parameters<SqlActivities[Name]>[0],
    attempt: Attempt,
  ) => ReturnType<SqlActivities[Name]>;
};

/** Where a statement is carried out, and as whom. */
export interface SqlPlace {
  /** The cluster, for messages. */
  name: string;
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string;
  /** Whether the role may be a superuser, or reach files and programs of the host. */
  superuser: boolean;
}

/** What tells the fate of a transaction afterwards. Plain data: it is written to disk. */
export interface TransactionMark {
  id: string;
  /** The system identifier and the timeline of the server: elsewhere, the number is of another transaction. */
  system: string;
  timeline: string;
}

/** `forgotten`: the server cannot tell, as one that is a standby, or was promoted or set back since. */
export type Fate = 'committed' | 'rolled-back' | 'forgotten';

/** Until the transaction of an act is committed. */
export interface Committing {
  /** The transaction is rolled back where this throws. Its number outlives a crash of the server by now. */
  beforeCommit(transaction: TransactionMark, answer: SqlAnswer): Promise<void>;
  cancelled: AbortSignal;
}

/** A server that carries statements out. Throws AgentError. */
export interface SqlServer {
  examine(place: SqlPlace, call: ExamineSqlCall): Promise<SqlFacts>;
  query(place: SqlPlace, call: StatementCall, cancelled: AbortSignal): Promise<SqlAnswer>;
  execute(place: SqlPlace, call: ExecuteSqlCall, committing: Committing): Promise<SqlAnswer>;
  /** Throws where it is still under way. */
  fateOf(place: SqlPlace, transaction: TransactionMark): Promise<Fate>;
}
