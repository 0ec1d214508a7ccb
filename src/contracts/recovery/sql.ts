import type { AgentCall, RunStep } from '../kernel/agent.ts';

/** A call about a cluster whose agent's settings let statements of playbooks in: `clusters.<name>.sql`. */
export interface SqlCall extends AgentCall {
  cluster: string;
  /** One of those that the settings list; may be left out where they list one. */
  database?: string;
}

export type SqlParameter = string | number | boolean | null;

export interface StatementCall extends SqlCall {
  /** One statement, with `$1` and so on where a parameter is bound. */
  statement: string;
  parameters: readonly SqlParameter[];
  timeoutMs: number;
}

export interface ExamineSqlCall extends StatementCall {
  /** Whether it is to change something. */
  changes: boolean;
}

export interface ExecuteSqlCall extends StatementCall {
  act: RunStep;
  /** The step of the playbook: its act and its undo never overtake each other. */
  about: string;
  /** How many rows it may change or return: where there are others, it is rolled back. */
  least: number;
  most: number;
}

export interface SqlAnswer {
  /** The first rows, by the names of their columns. */
  rows: readonly Readonly<Record<string, unknown>>[];
  /** How many rows it changed or returned; for a query that was cut, how many of them were read. */
  count: number;
  /** There is more than `rows` shows. */
  isCut: boolean;
}

export interface SqlFacts {
  detail: string;
  /** Why it would be refused now, each with what to do. */
  problems: readonly string[];
}

export interface SqlActivities {
  /** Connects as the role of the settings, and has the statement parsed. Changes nothing. */
  examineSql(call: ExamineSqlCall): Promise<SqlFacts>;
  /** In a transaction that only reads. */
  querySql(call: StatementCall): Promise<SqlAnswer>;
  /** In one transaction, which is committed once for each act, whatever dies meanwhile. */
  executeSql(call: ExecuteSqlCall): Promise<SqlAnswer>;
}
