/** A rewind that cannot be done, or did not end well. */
export class RewindFailed extends Error {
  override readonly name = 'RewindFailed';
}
