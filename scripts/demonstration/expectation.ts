/** Something that the demonstration promises did not happen. */
export class DemoFailed extends Error {
  override readonly name = 'DemoFailed';
}

export function expectThat(holds: boolean, promise: string): asserts holds {
  if (!holds) throw new DemoFailed(`Failed expectation: ${promise}.`);
}
