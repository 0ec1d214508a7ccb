import { expect, it } from 'vitest';
import { completionModel } from '../../src/cli/completion/model.ts';
import { createProgram } from '../../src/cli/program.ts';
import { everyRun } from '../../src/cli/registry.ts';

const whole = await createProgram();

it.each(whole.commands.map((command) => command.name()))(
  '%s is the same whether it is read alone or with all others',
  async (name) => {
    const { commands } = await createProgram(everyRun, name);
    expect(commands.map((command) => command.name())).toEqual([name]);
    const [alone] = commands.map(completionModel);
    const among = whole.commands.find((command) => command.name() === name);
    expect(alone).toEqual(among && completionModel(among));
  },
);

it('offers the nearest command for one that does not exist', async () => {
  const { commands } = await createProgram(everyRun, 'histroy');
  expect(commands.map((command) => command.name())).toContain('history');
  expect(commands).toHaveLength(whole.commands.length);
});
