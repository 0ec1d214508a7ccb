/**
 * A name server did not do what it was asked. `silent`: nobody can say whether it did. `changed`: a
 * prerequisite of an update does not hold, and nothing was changed. `refused`: final until somebody
 * changes a setting.
 */
export type DnsErrorCode = 'silent' | 'changed' | 'refused';

export class DnsError extends Error {
  override readonly name = 'DnsError';
  readonly code: DnsErrorCode;
  constructor(code: DnsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
