/** The tag of an image, or the beginning of its digest: `registry.example:5000/shop:v2` is v2. */
export function versionOfImage(image: string): string | undefined {
  const [name = '', digest = ''] = image.split('@');
  const tag = /:(\w[\w.-]{0,127})$/.exec(name)?.[1];
  const short = /^\w+:([0-9a-f]{12})/.exec(digest)?.[1];
  return tag ?? short;
}
