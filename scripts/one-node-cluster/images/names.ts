/** No registry holds these: pods that use them say `imagePullPolicy: Never`. */
export const pauseImage = 'belay.test/pause:1';

/** The sample service, in versions that differ in what they say they are. */
export const shopVersions = ['v1', 'v2', 'v3', 'v4', 'v5'] as const;

export function shopImage(version: string): string {
  return `belay.test/shop:${version}`;
}
