/** Of everything that Belay writes for Velero. */
export const fieldManager = 'belay-backup';
