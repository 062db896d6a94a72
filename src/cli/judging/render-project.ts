import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isPassedOver } from '../../input/passed-over.ts';
import type { Problem } from '../../source/document.ts';
import { withOrigins } from '../../source/files/origins.ts';
import { commandOf, type Project, shellLine } from '../../source/files/projects.ts';
import { MAX_BYTES } from '../../source/limits.ts';
import { templatesIn } from '../../source/rendered.ts';
import { type Reading, readDocuments } from '../../source/yaml/yaml.ts';

/** The projects that programs on PATH are to render. */
export interface RenderOptions {
  readonly helm?: boolean;
  readonly kustomize?: boolean;
}

/** The time for rendering. A chart fetches nothing, but a kustomization may, and somebody waits for it. */
const TIMEOUT_MS = 120_000;
const KUBECTL = ['kubectl', 'kustomize'];

/**
 * The manifests of a chart or a kustomization, where rendering was asked for; otherwise the command line for it. That is an
 * error if the folder was named, as nothing was judged, and a warning if it was found.
 * @param namespace the namespace that was named
 */
export async function readProject(
  project: Project,
  options: RenderOptions,
  namespace: string | undefined,
): Promise<Reading & { readonly file: string }> {
  const command = commandOf(project, namespace);
  const isChart = project.kind === 'chart';
  const file = `${project.folder} (${command.slice(0, 2).join(' ')})`;
  if (!(isChart ? options.helm : options.kustomize)) {
    return { file: project.folder, documents: [], problems: [hint(project, command)] };
  }
  const made = await run(isChart ? [command] : [command, [...KUBECTL, project.folder]]);
  if ('text' in made) {
    const templates = isChart ? templatesIn(made.text, () => project.folder) : undefined;
    const { documents, problems } = readDocuments(made.text, file, 'manifests', isPassedOver, templates);
    return { documents: isChart ? documents : withOrigins(documents, project.folder), problems, file };
  }
  const byItself = shellLine(command);
  const fix = made.isMissing
    ? `Install ${isChart ? 'it' : 'one of them'}, or pipe here what another machine makes: ${byItself} | cofferdam review -`
    : `Run it by itself: ${byItself}`;
  const failed = problem(project, 'error', made.message, fix);
  return { file: project.folder, documents: [], problems: [failed] };
}

const problem = (
  { folder }: Project,
  severity: Problem['severity'],
  message: string,
  fix: string,
): Problem => ({ severity, position: { file: folder }, path: '', message, fix });

function hint(project: Project, command: readonly string[]): Problem {
  const [what, made, makes, flag] =
    project.kind === 'chart'
      ? ['Helm chart', 'rendered', 'renders', '--helm']
      : ['kustomization', 'built', 'builds', '--kustomize'];
  const message = `a ${what}: not judged, as its files become manifests only when it is ${made}`;
  const fix = `${shellLine(command)} | cofferdam review -   (${flag} ${makes} it where the program is on PATH)`;
  if (project.named) return problem(project, 'error', message, fix);
  return { ...problem(project, 'warning', message, fix), leftOut: true };
}

type Made = { readonly text: string } | { readonly message: string; readonly isMissing: boolean };

/** Runs the first of these programs that exists. */
async function run(commands: readonly (readonly string[])[]): Promise<Made> {
  for (const [program = '', ...args] of commands) {
    try {
      const options = { maxBuffer: MAX_BYTES, timeout: TIMEOUT_MS, encoding: 'utf8' as const };
      const { stdout } = await promisify(execFile)(program, args, options);
      return { text: stdout };
    } catch (error) {
      if (!isMissing(error)) return { message: `${program} failed: ${reasonFor(error)}`, isMissing: false };
    }
  }
  const names = commands.map(([program]) => program);
  return {
    message: `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not on PATH`,
    isMissing: true,
  };
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What the program said, as one line. */
function reasonFor(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.split('\n').filter(line => line.trim() !== '' && !/^WARNING/i.test(line));
  return lines.slice(-3).join(' ') || (error instanceof Error ? error.message : String(error));
}
