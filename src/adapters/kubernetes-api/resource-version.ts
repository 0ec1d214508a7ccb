/**
 * Whether one resourceVersion of a kind is later than another. They are decimal numbers of any
 * length that only increase (KEP-5504, comparable resource versions).
 */
export function isNewer(candidate: string | undefined, than: string | undefined): boolean {
  if (candidate === undefined) return false;
  if (than === undefined) return true;
  return candidate.length === than.length ? candidate > than : candidate.length > than.length;
}
