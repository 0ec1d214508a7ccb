import * as z from 'zod';

/** Comma list of JSON pointers into a pod template, `*` for any one segment, alone for everything. */
export function pointerList() {
  return z
    .string()
    .default('')
    .transform((text, context) => {
      const pointers = text === '' ? [] : text.split(',').map((pointer) => pointer.trim());
      const wrong = pointers.filter(
        (pointer) => !/^(\*|\/(spec|metadata)(\/[^/\s]+)*)$/.test(pointer),
      );
      for (const pointer of wrong) {
        context.addIssue(
          `"${pointer}" is not a path in a pod template; write them like /metadata/annotations,/spec/containers/*/volumeMounts, or * for all`,
        );
      }
      return wrong.length > 0 ? z.NEVER : [...new Set(pointers)];
    });
}
