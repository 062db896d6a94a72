import type { Reviewed } from '../../report/result.ts';
import { objectName } from '../../report/words/terms.ts';
import { placeRead } from '../../source/document.ts';
import type { InputOptions } from './options.ts';

/** The name that `readProject` gives to what a program made of a folder. */
const MADE = /^(.*) \((helm template|kustomize build)\)$/;

/** What was read. */
const fileOf = ({ source }: Reviewed): string => placeRead(source).file;

/**
 * The command that explains one of these results as it was judged here; none for one without a name, or with that of another
 * in its file.
 */
export function explainingWith(
  options: InputOptions,
  results: readonly Reviewed[],
): (result: Reviewed) => readonly string[] | undefined {
  const times = new Map<string, number>();
  const keyOf = (result: Reviewed): string => `${fileOf(result)}\n${objectName(result).toLowerCase()}`;
  for (const result of results) times.set(keyOf(result), (times.get(keyOf(result)) ?? 0) + 1);
  const alike = wordsOf(options);
  return result => {
    if (result.name === '' || times.get(keyOf(result)) !== 1) return undefined;
    const [, folder, program] = MADE.exec(fileOf(result)) ?? [];
    const made = program?.startsWith('helm') ? '--helm' : '--kustomize';
    const where = folder === undefined ? [fileOf(result)] : [folder, made];
    return ['cofferdam', 'explain', ...where, '--name', `${result.kind}/${result.name}`, ...alike];
  };
}

/** What decides besides the manifest. */
const wordsOf = ({ policy = [], balanced, cluster, namespace }: InputOptions): readonly string[] => [
  ...policy.flatMap(one => ['--policy', one]),
  ...(balanced ? [] : ['--no-balanced']),
  ...(cluster === undefined ? [] : ['--cluster', cluster]),
  ...(namespace === 'default' ? [] : ['-n', namespace]),
];
