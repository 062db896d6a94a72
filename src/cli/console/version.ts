import { readFileSync } from 'node:fs';
import { packaged } from '../../source/packaged.ts';

/** The fields of package.json that are read. */
export interface PackageFile {
  readonly version: string;
  /** The commit that it was made from, by npm's name for it; the Dockerfile writes it. */
  readonly gitHead?: string;
}

export const packageFile = (): PackageFile => JSON.parse(readFileSync(packaged('package.json'), 'utf8'));

/** The version in package.json. */
export const version = (): string => packageFile().version;
