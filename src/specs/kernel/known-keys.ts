import { closest, distance } from 'fastest-levenshtein';
import { showGiven } from './given.ts';

const longestCompared = 64;

/** The known word that was probably meant, if one is near enough to be worth a suggestion. */
function nearestKnown(given: string, known: readonly string[]): string | undefined {
  if (given.length > longestCompared) return undefined;
  const word = given.toLowerCase();
  const lowered = known.map((name) => name.toLowerCase());
  const nearest = closest(word, lowered);
  const farthest = Math.max(2, Math.floor(nearest.length / 3));
  return distance(word, nearest) <= farthest ? known[lowered.indexOf(nearest)] : undefined;
}

/** `did you mean "pause"? (one of: pause, abort)`, or `one of: pause, abort` when nothing is near. */
export function offerKnown(given: unknown, known: readonly string[], title = 'one of'): string {
  const nearest = typeof given === 'string' ? nearestKnown(given, known) : undefined;
  const all = `${title}: ${known.join(', ')}`;
  return nearest === undefined ? all : `did you mean ${showGiven(nearest)}? (${all})`;
}
