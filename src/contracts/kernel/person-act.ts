/** Something a person said to a run, whether or not it was accepted. */
export interface PersonAct {
  atMs: number;
  /** A verb of the run's kind, `deploy`, `cancel`, or `override`: a freeze was overridden. */
  verb: string;
  by?: string;
  why?: string;
  stage?: number;
  /** Absent when it was accepted. */
  ignored?: string;
}
