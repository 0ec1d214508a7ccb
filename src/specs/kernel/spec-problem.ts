/** One thing that is wrong with a spec. */
export interface SpecProblem {
  /** Like `stages[1].hold`; empty for the spec as a whole. */
  path: string;
  /** What was wrong, what was given, what is accepted. */
  message: string;
}
