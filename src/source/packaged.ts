/**
 * A file or folder that comes with the program, such as `policies/`. It is found from here alone: src/source, dist/source
 * and the bundle in dist/bundle lie equally deep.
 * @param path as seen from package.json
 */
export const packaged = (path: string): URL => new URL(`../../${path}`, import.meta.url);
