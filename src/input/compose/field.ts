import type { Mapping } from '../../source/mapping.ts';
import type { PodMaker } from './pod-maker.ts';
import type { ServiceReader } from './service.ts';

/** What is known of the place that a Compose file is started in. */
export interface ComposePlace {
  /** Absolute path of the folder that relative paths start at. */
  readonly folder: string;
  /** Where a path leads once links are followed; the path itself where there is nothing yet. */
  realPath(path: string): string;
  /** Names of files beside it that Docker takes by itself. */
  readonly beside?: Beside;
}

export interface Beside {
  /** It is merged into this one. */
  readonly override?: string;
  /** It is started in the place of this one. */
  readonly instead?: string;
  /** What the file `.env` sets. */
  readonly variables?: ReadonlySet<string>;
}

/** What a field of a service may be read with besides itself. */
export interface ComposeFile extends ComposePlace {
  readonly services: Mapping;
  readonly volumes: Mapping;
  readonly networks: Mapping;
  readonly secrets: Mapping;
  readonly configs: Mapping;
}

/** Reads one field, which is there, into the Pod. */
export type ReadField = (service: ServiceReader, pod: PodMaker, file: ComposeFile) => void;
