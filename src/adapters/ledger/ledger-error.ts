/** The ledger could not be read or written; a retry may help. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
