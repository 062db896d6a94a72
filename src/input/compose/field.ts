import type { Mapping } from '../../source/mapping.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader } from './service.ts';

/** What is known about the place where a Compose file is started. */
export interface ComposePlace {
  /** The absolute path of the folder from which relative paths are resolved. */
  readonly folder: string;
  /** Where a path leads through links; the path itself where nothing exists yet. */
  realPath(path: string): string;
  /** The files beside it that Docker reads by itself. */
  readonly beside?: Beside;
}

export interface Beside {
  /** The file that is merged into this one. */
  readonly override?: string;
  /** The file that is started instead of this one. */
  readonly instead?: string;
  /** The variables that the file `.env` sets. */
  readonly variables?: ReadonlySet<string>;
}

/** What a field of a service may be read with, besides itself. */
export interface ComposeFile extends ComposePlace {
  readonly services: Mapping;
  readonly volumes: Mapping;
  readonly networks: Mapping;
  readonly secrets: Mapping;
  readonly configs: Mapping;
}

/** Reads a field that is present into the Pod. */
export type ReadField = (service: ServiceReader, pod: PodMaker, file: ComposeFile) => void;
