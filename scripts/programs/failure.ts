/** Something that a person has to put right before the parts that were asked for can run. */
export class SetupFailed extends Error {
  override readonly name = 'SetupFailed';
}
