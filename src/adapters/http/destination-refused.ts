/** Belay does not contact this destination; the message follows its name. */
export class DestinationRefused extends Error {
  override readonly name = 'DestinationRefused';
}
