/** These images are in no registry: pods that use them need `imagePullPolicy: Never`. */
export const pauseImage = 'belay.test/pause:1';

/** The sample service, in versions that differ only in the version that they report. */
export const shopVersions = ['v1', 'v2', 'v3', 'v4', 'v5'] as const;

export function shopImage(version: string): string {
  return `belay.test/shop:${version}`;
}
