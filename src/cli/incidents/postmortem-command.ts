import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { renderPostmortem } from '../../render/recovery/render-postmortem.ts';
import { namedRun } from '../commands/run-command.ts';
import { verbCommand, type VerbOptions } from '../commands/verbs.ts';
import { withConnections, type Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson, remark } from '../output.ts';
import { openRunUnder } from '../runs/open-run.ts';
import { noOpenRun, reportSent, sendToRun } from '../runs/send-to-run.ts';
import { webLinks } from '../runs/web-link.ts';
import type { Lock } from '../../kinds/locks.ts';
import { readIncident } from './read-incident.ts';

interface PostmortemOptions extends VerbOptions {
  out?: string;
  done?: boolean;
  link?: string;
}

export function createPostmortemCommand(kinds: readonly AnyKind[]): Command {
  return verbCommand('postmortem', kinds)
    .description(
      'Print the draft of the postmortem as Markdown: what was recorded, in the usual sections, and ' +
        'nothing else. Of an open incident as it stands; of a closed one from its report. With --done ' +
        'the postmortem is written: the incident closes.',
    )
    .addOption(new Option('--out <file>', 'write it into a file'))
    .addOption(new Option('--done', 'it is written: close the incident').conflicts('out'))
    .action((typed: string, options: PostmortemOptions) =>
      withConnections(async (to) => {
        const run = await namedRun(typed, options, kinds, to);
        if (options.done) await finish(run, options, kinds, to);
        else await draft(run, options, to);
      }),
    );
}

async function draft(run: Lock, options: PostmortemOptions, to: Connections): Promise<void> {
  const { run: runRef, out, link, json } = options;
  if (link !== undefined) {
    throw new CliFailure(
      exitCodes.badInput,
      '--link goes with --done: it says where the postmortem is.',
    );
  }
  const found = await readIncident(run, runRef, to);
  const markdown = renderPostmortem(found, await webLinks(to.config));
  if (out !== undefined) {
    await writeFile(out, `${markdown}\n`);
    remark(`Wrote ${out}`);
  } else if (json) {
    printJson({ workflowId: found.workflowId, runRef: found.runRef, markdown, ...found.incident });
  } else print(markdown);
}

async function finish(
  run: Lock,
  { link, ...options }: PostmortemOptions,
  kinds: readonly AnyKind[],
  to: Connections,
): Promise<void> {
  const found = await openRunUnder(run, to);
  if (found === undefined) throw noOpenRun(run);
  const given = { ...options, ...(link !== undefined && { with: { link } }) };
  const sent = await sendToRun({ verb: 'postmortem', run, found, kinds }, given, to);
  reportSent('postmortem', run, sent, options.json);
}
