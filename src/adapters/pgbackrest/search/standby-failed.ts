/** The server did not become, or is no more, what can be asked on its way. */
export class StandbyFailed extends Error {
  override readonly name = 'StandbyFailed';
}
