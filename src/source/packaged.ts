/**
 * A file or folder that comes with the program, such as `policies/`. It is only found from here: src/source, dist/source and
 * the bundle in dist/bundle are equally deep.
 * @param path relative to package.json
 */
export const packaged = (path: string): URL => new URL(`../../${path}`, import.meta.url);
