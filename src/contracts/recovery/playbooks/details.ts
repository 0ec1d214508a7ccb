/** What the report of a playbook says beyond its steps. */
export interface PlaybookDetails {
  /** The titles of all steps, in their order. */
  plan: string[];
  /** Digests of the playbooks that it includes, by their names. */
  includes?: Readonly<Record<string, string>>;
  results: Readonly<Record<string, { state: 'done' | 'skipped' | 'failed'; passed?: boolean }>>;
  /** Of a rehearsal or a dry run: what keeps the playbook from being run. */
  problems?: string[];
}
