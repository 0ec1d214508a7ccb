import colors from 'picocolors';

/** What the demonstration says while it goes on. */
export const tell = {
  scene: (title: string) => {
    say(`\n${colors.bold(colors.cyan(`== ${title}`))}`);
  },
  command: (line: string) => {
    say(colors.dim('$ ') + colors.bold(line));
  },
  output: (line: string) => {
    say(`  ${line}`);
  },
  event: (line: string) => {
    say(colors.yellow(`  >> ${line}`));
  },
  result: (line: string) => {
    say(colors.green(`  ok ${line}`));
  },
  failure: (line: string) => {
    say(colors.red(`\n${line}`));
  },
  plain: (text: string) => {
    say(text);
  },
};

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
