/** What cannot be read: a file of the earlier ledger, or the run with this `runRef`. */
export interface DamagedEntry {
  entry: string;
  problem: string;
}
