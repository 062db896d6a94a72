import { readFileSync } from 'node:fs';
import { packaged } from '../../source/packaged.ts';

/** What is read of package.json. */
export interface PackageFile {
  readonly version: string;
  /** The commit that it was made of, as npm calls it; written by the Dockerfile. */
  readonly gitHead?: string;
}

export const packageFile = (): PackageFile => JSON.parse(readFileSync(packaged('package.json'), 'utf8'));

/** The version in package.json. */
export const version = (): string => packageFile().version;
