/** What a value of a playbook can be. A duration is written as `5m`, and is milliseconds in expressions. */
export const valueTypes = [
  'string',
  'number',
  'boolean',
  'duration',
  'bytes',
  'strings',
  'list',
  'object',
  'any',
] as const;

export type ValueType = (typeof valueTypes)[number];

/** An input or an output. */
export interface Field {
  type: ValueType;
  /** For people, in the reference. */
  what: string;
  /** Of an input: it may be left out. */
  optional?: true;
  /** Of text: expressions are no part of it, so that nothing is ever put together to a statement. */
  literal?: true;
  /** Of an input that may be left out. */
  default?: unknown;
  oneOf?: readonly string[];
  /** Of a number, or of a duration in milliseconds. */
  least?: number;
  most?: number;
}

export type Fields = Readonly<Record<string, Field>>;

/** What there has to be before a step can run. */
export type Need = 'cluster' | 'agent' | 'prometheus' | 'http' | 'temporal' | 'ledger' | 'nobody';

/**
 * An action or a probe, as playbooks name it. One entry of the table is one file; who carries it
 * out is a table beside the workflow (`workflow`) or beside the activities (`worker`).
 */
export interface Part {
  /** `<technology>.<verb>`. */
  name: string;
  is: 'action' | 'probe';
  what: string;
  needs: Need;
  by: 'worker' | 'workflow';
  inputs: Fields;
  /** What later steps can refer to; `done` and, for a probe, `passed` come with every step. */
  outputs: Fields;
  /** The sort of evidence that a step of it makes, for `requires` of later steps. */
  makes: string;
  /** Sorts of evidence without which it is refused. */
  requires?: readonly string[];
  /**
   * `own`: what was there before is put back. `nothing`: it leaves nothing that could be undone.
   * `written`: only the `undo` that the playbook writes, if any.
   */
  undo: 'own' | 'nothing' | 'written';
}

/** What a step gave, for those that require it. */
export interface PartEvidence {
  sort: string;
  /** The step that made it. */
  step: string;
  atMs: number;
  outputs: Readonly<Record<string, unknown>>;
}
