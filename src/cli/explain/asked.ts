import type { Ground } from '../../decision/ground.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { Isolation } from '../../profiles/isolation.ts';
import type { CliIo } from '../console/io.ts';
import type { OutputOptions } from '../console/output.ts';
import { isError, tell } from '../console/tell.ts';
import { loadGround } from '../judging/ground.ts';
import { type Input, readInput } from '../judging/input.ts';
import { groundsFor, unknowns } from '../judging/manifest-ground.ts';
import { type InputOptions, inputPaths } from '../judging/options.ts';
import { asStrict } from '../judging/strict.ts';

export interface ExplainOptions extends InputOptions, OutputOptions {
  readonly name?: string;
  readonly fix?: boolean;
  readonly to?: Isolation;
  readonly write?: boolean;
  readonly exempt?: boolean;
  readonly snapshot?: string;
}

/** The objects that were asked about, and what they are judged by. */
export interface Asked {
  readonly input: Input;
  /** What each of them is judged against; services of Compose files have a ground of their own. */
  readonly groundOf: (subject: Pick<PodSubject, 'isService'>) => Ground;
  /** Whether the settings of a repository forbid an answer. */
  readonly isWeakened: boolean;
}

/** Reads manifests and policies, and reports what is wrong with them. */
export async function ask(files: readonly string[], options: ExplainOptions, io: CliIo): Promise<Asked> {
  const paths = inputPaths(files, options, 'explain');
  const loaded = await loadGround(options, io);
  const input = await readInput(paths, options, io);
  tell(input.problems, io);
  const bySettings = options.settings?.problems ?? [];
  const weakened = options.strict ? asStrict(bySettings) : bySettings;
  tell(weakened, io);
  const groundOf = groundsFor(loaded, input.namespaces);
  return { input, groundOf, isWeakened: weakened.some(isError) };
}

/**
 * Warns if no verdict on an object is certain, and says why.
 * @returns whether that is so
 */
export function tellUnknowns(subject: PodSubject, ground: Ground, io: CliIo): boolean {
  const problems = unknowns(subject, ground);
  tell(problems, io);
  return problems.some(isError);
}
