/** This machine's end of the link to the cluster in that slot; the kernel allows 15 characters. */
export function linkName(slot: number): string {
  return `belay-node-${slot}`;
}
