import { builtinProfiles } from '../profiles/builtin.ts';
import type { ProfileTable } from '../profiles/profile.ts';
import { buildProfileTable } from '../profiles/table.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import type { Accepted } from './keep.ts';
import type { PolicyObject } from './object.ts';

export interface LoadedProfiles {
  readonly table: ProfileTable;
  readonly problems: readonly Problem[];
  /** The SandboxProfiles in force. */
  readonly accepted: Accepted;
}

/**
 * Builds the table of profiles. A SandboxProfile that fits its schema may still be broken, by what it extends or by a handler
 * that another one lists; then its last good version is used, as with every other object.
 * @param sound those that fit their schema, or their last good version
 * @param all every SandboxProfile that was given
 */
export function profilesFrom(
  sound: readonly PolicyObject[],
  all: readonly PolicyObject[],
  previous: Accepted,
): LoadedProfiles {
  const documents = new Map(sound.map(object => [object.id ?? '', object.document]));
  const claims = all.filter(object => !documents.has(object.id ?? '')).flatMap(claimOf);
  const build = (own: Accepted) => buildProfileTable([...own.values(), ...claims], builtinProfiles());

  const { table, problems } = build(documents);
  const own = problems.filter(problem => documents.has(problem.object ?? ''));
  const besides = problemsBesides(all, documents);
  if (own.length === 0) return { table, problems: besides, accepted: documents };

  const flawed = own.map(problem => problem.object ?? '');
  const replaced = new Map([...documents, ...flawed.flatMap(id => entryOf(previous, id))]);
  const again = build(replaced);
  for (const { object } of again.problems) replaced.delete(object ?? '');
  return { table: again.table, problems: [...own, ...besides], accepted: replaced };
}

/**
 * Reports, for profiles that do not fit their schema, whom they extend and which of their handlers others list, so that authors
 * learn all of it at once.
 */
function problemsBesides(all: readonly PolicyObject[], documents: Accepted): readonly Problem[] {
  const broken = all.filter(object => object.standIn && !documents.has(object.id ?? ''));
  if (broken.length === 0) return [];
  const standIns = broken.flatMap(({ standIn }) => standIn ?? []);
  const { problems } = buildProfileTable([...documents.values(), ...standIns], builtinProfiles());
  const told = new Map(broken.map(object => [object.id, object.problems.map(({ path = '' }) => path)]));
  return problems.filter(({ object, path = '' }) => {
    const paths = told.get(object ?? '');
    return paths && /^spec[.](extends|handlers)/.test(path) && !paths.some(one => path.startsWith(one));
  });
}

function entryOf(documents: Accepted, id: string): [string, SourceDocument][] {
  const document = documents.get(id);
  return document ? [[id, document]] : [];
}

/**
 * What remains of a broken SandboxProfile without a good version: the handlers that it names, which then share the host kernel.
 * If it were skipped, they would be left to a built-in profile that its author may have meant to tighten.
 */
function claimOf({ document }: PolicyObject): readonly SourceDocument[] {
  const { metadata, spec } = document.value as {
    readonly metadata?: { readonly name?: unknown };
    readonly spec?: { readonly handlers?: unknown };
  };
  if (typeof metadata?.name !== 'string' || !Array.isArray(spec?.handlers)) return [];
  // Whatever is no name of a handler claims nothing.
  return [{ ...document, value: { metadata: { name: metadata.name }, spec: { handlers: spec.handlers } } }];
}
