import { isCancellation } from '@temporalio/workflow';
import type { RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { BackupsRun } from './backups-run.ts';
import { compareCatalogue } from './catalogue-acts.ts';

/** Brings the catalogue to what the repositories have; every difference is a note of the report. */
export async function compareWithRepositories<Spec>(
  run: BackupsRun<Spec>,
  parts: readonly Part[],
): Promise<void> {
  await takeStep(run, 'compare the catalogue with the repositories', async ({ prove }) => {
    for (const { component, repositories } of parts) {
      for (const repository of repositories) {
        const contents = await readOrNote(run, component, repository);
        if (contents === undefined) continue;
        const found = await compareContents(run, component, contents);
        const value = `${contents.sets.length} sets, ${found} differences`;
        prove({ what: component.name, source: repository, value });
      }
    }
  });
}

/** How many differences there were. */
export async function compareContents<Spec>(
  run: BackupsRun<Spec>,
  component: Component,
  contents: RepositoryContents,
): Promise<number> {
  // Storage that is not mounted looks like a repository that is yet to come.
  if (contents.absent) return 0;
  const { id: runRef, note, plan } = run;
  // What this run has expired would be missing.
  if (!(await run.facts.settle())) {
    note(`the catalogue was not compared with ${contents.repository}: it does not take facts now`);
    return 0;
  }
  const found = await compareCatalogue(plan, component, contents, { runRef, note });
  for (const { repository, label, kind, detail } of found) {
    note(`catalogue and repository differ: ${label} in ${repository} is ${kind}: ${detail}`);
  }
  run.found.differences = [...(run.found.differences ?? []), ...found];
  return found.length;
}

async function readOrNote<Spec>(
  run: BackupsRun<Spec>,
  component: Component,
  repository: string,
): Promise<RepositoryContents | undefined> {
  try {
    return await run.store(component).readRepository(repository);
  } catch (error) {
    if (isCancellation(error)) throw error;
    run.note(`${repository} was not compared: ${reasonOf(error)}`);
    return undefined;
  }
}
