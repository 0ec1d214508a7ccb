/** How a run ended, and why in one line. */
export interface Ending<Outcome extends string = string> {
  outcome: Outcome;
  reason: string;
}
