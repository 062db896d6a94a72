import { existsSync } from 'node:fs';
import type { Case, Tried } from '../../cases/case.ts';
import { differencesOf } from '../../cases/compare.ts';
import { Coverages } from '../../cases/coverage.ts';
import { CASES_FILE, readCases } from '../../cases/read.ts';
import type { CaseResults } from '../../cases/results.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { readSubjects } from '../../input/subjects.ts';
import type { NamespaceFacts } from '../../pod/namespace.ts';
import type { Problem } from '../../source/document.ts';
import { readSources } from '../../source/files/files.ts';
import type { Sources } from '../../source/files/sources.ts';
import { byPlace } from '../../source/place.ts';
import { someOf } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo } from '../console/io.ts';
import { chunksOf, isError } from '../console/tell.ts';
import { type InForce, type LoadedGround, loadInForce, loadView, soundOf } from '../judging/ground.ts';
import { groundFor, unknowns } from '../judging/manifest-ground.ts';
import { reviewed } from '../judging/reviewed.ts';
import { scopeWithout } from '../judging/scope.ts';

export interface TestOptions {
  readonly policy?: readonly string[];
  readonly balanced: boolean;
  readonly cluster?: string;
}

/** Patterns, as in .gitignore, that leave out everything in a folder but files of cases. */
const CASES_ALONE = ['*', '!*/', '!*.tests.yaml', '!*.tests.yml', '!*.tests.json'];

/**
 * Judges all cases at these paths.
 * @throws Failure where there is none, or nothing to judge them by
 */
export async function runCases(
  paths: readonly string[],
  options: TestOptions,
  io: CliIo,
): Promise<CaseResults & { readonly problems: readonly Problem[] }> {
  const read = await readSources(paths, chunksOf(io.stdin), {
    of: 'manifests',
    exclude: CASES_ALONE,
    everyFile: true,
  });
  const files = read.documents.map(document => ({ document, ...readCases(document) }));
  const problems = [...read.problems, ...emptyAmong(read), ...files.flatMap(file => file.problems)];
  if (files.length + problems.length === 0) {
    throw new Failure(
      `there is no file of cases in ${someOf(paths)}`,
      'Write one beside a policy: NAME.tests.yaml for NAME.yaml.',
    );
  }
  const grounds = new Grounds(options, io);
  const coverages = new Coverages();
  const tried: Tried[] = [];
  for (const { document, cases } of files) {
    for (const one of cases) {
      const ground = await grounds.of(document.position.file, one.cluster);
      if ('failure' in ground) {
        problems.push(ground.failure);
        break;
      }
      coverages.expect(ground.snapshot, new Set(ground.given.keys()));
      const judged = judge(one, ground);
      problems.push(...judged.problems);
      if (!judged.tried) continue;
      tried.push(judged.tried);
      coverages.count(judged.tried.decision);
    }
  }
  return { tried, coverage: coverages.all(), problems: byPlace(problems, read.files) };
}

/** Files without cases: one that was cut short would pass, as nothing in it fails. */
function emptyAmong({ files, documents, problems }: Sources): readonly Problem[] {
  const told = new Set([...documents, ...problems].map(({ position }) => position.file));
  return files
    .filter(file => !told.has(file))
    .map(file => ({
      severity: 'error',
      position: { file },
      path: '',
      message: 'holds no cases',
      fix: 'Write a list of cases, or delete the file.',
    }));
}

/** Why the cases of a file cannot be judged; those of other files still are. */
interface Ungrounded {
  readonly failure: Problem;
}

/** What cases are judged by: each file of policies, and of a cluster, is read once. */
class Grounds {
  readonly #options: TestOptions;
  readonly #io: CliIo;
  readonly #inForce = new Map<string, Promise<InForce>>();
  readonly #views = new Map<string | undefined, Promise<ClusterView>>();

  constructor(options: TestOptions, io: CliIo) {
    this.#options = options;
    this.#io = io;
  }

  async of(file: string, cluster = this.#options.cluster): Promise<LoadedGround | Ungrounded> {
    const { balanced } = this.#options;
    try {
      const policy = this.#options.policy ?? [besidePolicy(file)];
      const inForce = await once(this.#inForce, policy.join('\n'), () =>
        loadInForce({ policy, balanced }, this.#io),
      );
      const view = await once(this.#views, cluster, () => loadView(cluster, this.#io));
      return { ...soundOf(inForce), view };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { message, hint } = error;
      const fix = hint === undefined ? {} : { fix: hint };
      return { failure: { severity: 'error', position: { file }, path: '', message, ...fix } };
    }
  }
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

/** The file of policies for a file of cases. */
function besidePolicy(file: string): string {
  const endings = ['.yaml', '.yml', '.json'];
  const beside = endings.map(ending => file.replace(CASES_FILE, ending));
  const found = CASES_FILE.test(file) ? beside.find(path => existsSync(path)) : undefined;
  if (found !== undefined) return found;
  throw new Failure(
    `there is no ${beside[0] ?? 'policy'}, so there is nothing to judge these cases by`,
    'Name the policies with --policy, or call the file as the one that holds them: NAME.tests.yaml for NAME.yaml.',
  );
}

/** Judges a case, which is about one Pod; an object may make several. */
function judge(
  one: Case,
  loaded: LoadedGround,
): { readonly tried?: Tried; readonly problems: readonly Problem[] } {
  const { subjects, problems } = readSubjects([one.manifest], one.namespace);
  const [subject, ...others] = subjects;
  const ground = groundFor(loaded, namespacesOf(one));
  const all = [...problems, ...(subject ? unknowns(subject, ground) : [])];
  if (all.some(isError)) return { problems: all };
  if (!subject || others.length > 0 || subject.isService) {
    return {
      problems: [
        {
          severity: 'error',
          position: one.position,
          path: '',
          message: `"${one.name}" makes ${subjects.length} Pods, expected one`,
          fix: 'Give a Pod, or an object with one Pod template.',
        },
      ],
    };
  }
  const asked = { mode: 'enforce', scope: scopeWithout() } as const;
  const { decision } = reviewed(subject, ground, asked, one.now ?? Date.now()).result;
  return { tried: { case: one, decision, differences: differencesOf(one.expect, decision) }, problems: all };
}

const namespacesOf = ({ facts }: Case): ReadonlyMap<string, NamespaceFacts> =>
  new Map(facts ? [[facts.name, facts]] : []);
