export const defaultTaskQueue = 'belay';

/** Watches have a queue of their own, so that open holds never delay an act. */
export function watchTaskQueue(taskQueue: string): string {
  return `${taskQueue}-watch`;
}
