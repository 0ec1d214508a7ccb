/** What `synchronous_standby_names` says: for how many of which standbys a commit waits. */
interface SynchronousRule {
  waitsFor: number;
  names: readonly string[];
  /** `*`: whoever follows. */
  any: boolean;
}

/** Undefined where commits wait for nobody. */
function readSynchronousRule(written: string): SynchronousRule | undefined {
  const text = written.trim();
  if (text === '') return undefined;
  const [, counted, list] = /^(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(([^)]*)\)$/i.exec(text) ?? [];
  const names = (list ?? text)
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, ''))
    .filter((name) => name !== '');
  return { waitsFor: Number(counted ?? 1), names, any: names.includes('*') };
}

/**
 * Who acknowledges commits. `anybody`: with `*`, also what is no node of the plan, such as
 * pg_receivewal or a subscriber of a publication, so that no node need have them.
 */
export function acknowledgedBy(written: string): 'nobody' | 'named' | 'anybody' {
  const rule = readSynchronousRule(written);
  if (rule === undefined) return 'nobody';
  return rule.any ? 'anybody' : 'named';
}

/** Whether a commit waits for more standbys than follow already, and the former primary may be one of them. */
export function waitsForFormer(
  written: string,
  { following, former }: { following: readonly string[]; former: string },
): boolean {
  const rule = readSynchronousRule(written);
  if (rule === undefined) return false;
  const counts = (name: string) => rule.any || rule.names.includes(name);
  return following.filter(counts).length < rule.waitsFor && counts(former);
}

/**
 * Why those that answer may all lack a commit that was acknowledged; undefined where one of them has
 * it. With W that a commit waits for and N that may be the ones, R answers are enough if R + W > N.
 */
export function requiredAnswers(
  written: string,
  standbys: readonly string[],
  { answering, primary }: { answering: readonly string[]; primary: string },
): string | undefined {
  const rule = readSynchronousRule(written);
  if (rule === undefined) return undefined;
  // The same setting on all nodes names the primary, too, and it waits for others.
  const eligible = rule.any ? standbys : rule.names.filter((name) => name !== primary);
  const answers = answering.filter((name) => rule.any || rule.names.includes(name)).length;
  const needed = eligible.length - rule.waitsFor + 1;
  if (answers >= needed) return undefined;
  return `${answers} of ${eligible.length} synchronous standbys answer, and ${needed} must: the others may have commits that were acknowledged`;
}
