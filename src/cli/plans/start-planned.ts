import { readText } from '../commands/spec-file.ts';
import { commandsOf } from '../families/families.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenPlan, type PlanOf, type Written } from './given-plan.ts';
import { showDryRun } from './show-dry-run.ts';

interface StartingOptions {
  file: string;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

/** What is left of the options are keys of the spec. */
export type PlanOptions = StartingOptions & Readonly<Record<string, unknown>>;

interface Planned {
  kind: string;
  of: PlanOf;
  options: PlanOptions;
}

/** Starts a run of this kind about the plan of a file. */
export async function startPlanned(
  { kind, of, options: { file, watch, why, as, json, ...asked } }: Planned,
  registry: RunRegistry,
): Promise<void> {
  const text = await readText(file);
  const given = readGivenPlan({ text, file }, { of, kind }, specKeys(asked), registry);
  const options = {
    file,
    ...(watch && { watch }),
    ...(why !== undefined && { why }),
    ...(as !== undefined && { as }),
    ...(json && { json }),
  };
  if (given.asWritten['dryRun'] === true) {
    await showDryRun(given, options);
    return;
  }
  const family = await commandsOf(given.kind, registry.kinds);
  await family.start(given, options);
}

/** Options that are called otherwise in a spec, or say what is the case anyway. */
function specKeys({ toTime: to, plan, safetyCopy, intoNamespace, ...asked }: Written): Written {
  return {
    ...asked,
    ...(to !== undefined && { to }),
    ...(plan === true && { dryRun: true }),
    ...(safetyCopy === false && { safetyCopy }),
    ...(intoNamespace !== undefined && { intoNamespaces: intoNamespace }),
  };
}
