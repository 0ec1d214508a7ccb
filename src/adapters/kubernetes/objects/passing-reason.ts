/** Refusals that end by themselves within a moment, recognized by the end of their text. */
const endings = [
  'was changed a moment ago and its controller has not processed that yet; wait for `kubectl rollout status`',
  'has not confirmed its last change yet; wait a moment',
] as const;

export const [changedJustNow, notAnsweredYet] = endings;

export function isPassing(reason: string): boolean {
  return endings.some((ending) => reason.endsWith(ending));
}
