/** Refusals that pass by themselves within a moment, told apart by how they end. */
const endings = [
  'was changed a moment ago and its controller has not looked at it yet; wait for `kubectl rollout status`',
  'has not answered for the last change of it yet; wait a moment',
] as const;

export const [changedJustNow, notAnsweredYet] = endings;

export function isPassing(reason: string): boolean {
  return endings.some((ending) => reason.endsWith(ending));
}
