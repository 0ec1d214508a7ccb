/** Something that a person has to put right before there can be a cluster. */
export class ClusterFailed extends Error {
  override readonly name = 'ClusterFailed';
}
