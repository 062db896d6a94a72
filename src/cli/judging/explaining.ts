import type { Reviewed } from '../../report/result.ts';
import { objectName } from '../../report/words/terms.ts';
import { placeRead } from '../../source/document.ts';
import type { InputOptions } from './options.ts';

/** The name that `readProject` gives to what a program made from a folder. */
const MADE = /^(.*) \((helm template|kustomize build)\)$/;

/** The folder from which a program made what was read, and the flag that renders it; undefined for a file. */
export function madeWith(file: string): { readonly folder: string; readonly flag: string } | undefined {
  const [, folder, program] = MADE.exec(file) ?? [];
  if (folder === undefined) return undefined;
  return { folder, flag: program?.startsWith('helm') ? '--helm' : '--kustomize' };
}

/** The file that was read. */
const fileOf = ({ source }: Reviewed): string => placeRead(source).file;

/**
 * The command that explains a result as it was judged here; none for an object without a name, or whose name is not unique in
 * its file.
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
    const made = madeWith(fileOf(result));
    const where = made ? [made.folder, made.flag] : [fileOf(result)];
    return ['cofferdam', 'explain', ...where, '--name', `${result.kind}/${result.name}`, ...alike];
  };
}

/** The words for what affects a decision besides the manifest. */
const wordsOf = ({
  policy = [],
  balanced,
  cluster,
  dockerDaemon,
  namespace,
}: InputOptions): readonly string[] => [
  ...policy.flatMap(one => ['--policy', one]),
  ...(balanced ? [] : ['--no-balanced']),
  ...(cluster === undefined ? [] : ['--cluster', cluster]),
  ...(dockerDaemon === undefined ? [] : ['--docker-daemon', dockerDaemon]),
  ...(namespace === 'default' ? [] : ['-n', namespace]),
];
