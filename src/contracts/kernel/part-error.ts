/** `unavailable`: trying again may help. `stale-fence`: a later act has been here. */
export type PartErrorCode = 'refused' | 'stale-fence' | 'unavailable';

/** Thrown by a part of a worker that acts on something for a run. */
export class PartError extends Error {
  override readonly name = 'PartError';
  readonly code: PartErrorCode;
  constructor(code: PartErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
