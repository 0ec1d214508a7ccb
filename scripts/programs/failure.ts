/** Something that a person has to fix before the requested parts can run. */
export class SetupFailed extends Error {
  override readonly name = 'SetupFailed';
}
