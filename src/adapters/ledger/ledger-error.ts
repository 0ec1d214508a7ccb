export type LedgerTrouble = 'unusable' | 'newer-schema' | 'older-schema';

/** The ledger could not be read or written; where it is `unusable`, trying again may help. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
  readonly trouble: LedgerTrouble;

  constructor(trouble: LedgerTrouble, message: string, options?: ErrorOptions) {
    super(message, options);
    this.trouble = trouble;
  }
}
