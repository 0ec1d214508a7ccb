import { Argument, Command } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { bashCompletion } from '../completion/bash.ts';
import {
  completedNames,
  completeNames,
  type CompletedNames,
} from '../completion/complete-names.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completionModel, type CompletedCommand } from '../completion/model.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { withConnections } from '../connections.ts';
import { print } from '../output.ts';
import { examples } from './named-service.ts';

const shells: Readonly<Record<string, (program: CompletedCommand) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `wholeProgram` has every command; to carry this one out, the others are not loaded otherwise. */
export function createCompletionCommand(wholeProgram: () => Promise<Command>): Command {
  return new Command('completion')
    .summary('have your shell complete commands, options and names')
    .description(
      'Print a script that has a shell complete commands, options, their values, and the names of open ' +
        'runs and of schedules. Print it again after an upgrade.',
    )
    .addArgument(new Argument('<shell>', 'which one').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      examples(
        'source <(belay completion bash)',
        'belay completion bash > ~/.local/share/bash-completion/completions/belay',
        'belay completion zsh > ~/.zfunc/_belay    # a folder of $fpath',
        'belay completion fish > ~/.config/fish/completions/belay.fish',
      ),
    )
    .action(async (shell: string) => {
      process.stdout.write(shells[shell]?.(completionModel(await wholeProgram())) ?? '');
    });
}

/** Long enough for a server nearby, short enough for somebody who pressed a key. */
const answerWithinMs = 2_000;

/** What the scripts ask; says nothing where nobody answers in time. */
export function createCompleteCommand(kinds: readonly AnyKind[]): Command {
  return new Command('__complete')
    .addArgument(new Argument('<what>').choices(completedNames))
    .argument('[command]')
    .action(async (what: CompletedNames, command?: string) => {
      const giveUp = setTimeout(() => process.exit(), answerWithinMs);
      try {
        const names = await withConnections((to) => completeNames(what, command, kinds, to));
        for (const name of names) print(name);
      } catch {
        // Who pressed a key is not told what is wrong: the command itself will say it.
      } finally {
        clearTimeout(giveUp);
      }
    });
}
