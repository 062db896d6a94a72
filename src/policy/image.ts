/** An image reference, completed as container runtimes complete it. */
interface Image {
  /** The registry and the repository, such as `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
}

/** The grammar of references: github.com/distribution/reference `regexp.go`. */
const REFERENCE =
  /^([a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*)(?::(\w[\w.-]{0,127}))?(?:@([a-z][a-z0-9]*:[0-9a-f]{32,}))?$/;
const REGISTRY = /^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?(:[0-9]+)?$/;
const DOCKER = 'docker.io';

/** The parts of an image reference; undefined for anything else, which a runtime would not pull, and no pattern matches. */
function parseImage(reference: string): Image | undefined {
  if (reference.length > 1024) return undefined;
  const [registry, rest] = splitRegistry(reference);
  const parts = REFERENCE.exec(rest);
  if (!parts || !REGISTRY.test(registry)) return undefined;
  const path = registry === DOCKER && !parts[1]?.includes('/') ? `library/${parts[1]}` : parts[1];
  return { repository: `${registry}/${path}`, tag: parts[2], digest: parts[3] };
}

/**
 * The registry and the repository of a reference, such as `docker.io/library/nginx` for `nginx:1`; undefined where it is no
 * reference.
 */
export const fullRepository = (reference: string): string | undefined => parseImage(reference)?.repository;

/** Splits like distribution/reference `splitDockerDomain`: what looks like a host before the first slash is the registry. */
function splitRegistry(reference: string): [string, string] {
  const slash = reference.indexOf('/');
  const first = reference.slice(0, Math.max(0, slash));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first;
  if (!isHost) return [DOCKER, reference];
  const registry = first === 'index.docker.io' ? DOCKER : first;
  return [registry, reference.slice(slash + 1)];
}

/**
 * An image pattern as a function of references; undefined when it is none. Anchored at both ends and at every slash:
 * - `ghcr.io/acme/agent`: this repository, any tag or digest
 * - `ghcr.io/acme/agent:1.2`: this tag, and no digest, since the runtime would pull that and ignore the tag
 * - `ghcr.io/acme/agent@sha256:…`: this digest, whatever the tag
 * - `ghcr.io/acme/*`: every repository below
 */
export function compileImage(pattern: string): ((reference: string) => boolean) | undefined {
  if (pattern.endsWith('/*')) return below(pattern.slice(0, -2));
  const wanted = parseImage(pattern);
  if (!wanted) return undefined;
  return reference => {
    const image = parseImage(reference);
    if (image?.repository !== wanted.repository) return false;
    if (wanted.digest !== undefined) return image.digest === wanted.digest;
    return wanted.tag === undefined || (image.tag === wanted.tag && image.digest === undefined);
  };
}

/** The repository that a pattern is for, or, ending in a slash, the folder of those that it is for; undefined when it is no pattern. */
export const repositoryOf = (pattern: string): string | undefined =>
  pattern.endsWith('/*') ? folderOf(pattern.slice(0, -2)) : fullRepository(pattern);

/** A repository, and all folders that it is in: what `repositoryOf` may be of a pattern that matches an image of it. */
export const withFolders = (repository: string): readonly string[] =>
  Array.from(repository.matchAll(/\//g), ({ index }) => repository.slice(0, index + 1)).concat(repository);

const NAME = '[a-z0-9]+(?:(?:[.]|__?|-+)[a-z0-9]+)*';
const TAG = ':\\w[\\w.-]{0,127}';
const DIGEST = '@[a-z][a-z0-9]*:[0-9a-f]{32,}';

/**
 * The same pattern as a regular expression over references of at most 1024 characters, within what RE2 and JavaScript
 * understand alike; undefined when it is no pattern.
 */
export function imageRegex(pattern: string): string | undefined {
  if (pattern.endsWith('/*')) {
    const example = parseImage(`${pattern.slice(0, -2)}/x`);
    if (!example) return undefined;
    return `^${repositories(example.repository.slice(0, -1), `${NAME}(?:/${NAME})*`, NAME)}(?:${TAG})?(?:${DIGEST})?$`;
  }
  const wanted = parseImage(pattern);
  if (!wanted) return undefined;
  const { repository, tag, digest } = wanted;
  const cut = repository.lastIndexOf('/') + 1;
  const last = escaped(repository.slice(cut));
  const name = repositories(repository.slice(0, cut), last, last);
  if (digest !== undefined) return `^${name}(?:${TAG})?@${digest}$`;
  return tag === undefined ? `^${name}(?:${TAG})?(?:${DIGEST})?$` : `^${name}:${escaped(tag)}$`;
}

const escaped = (text: string): string => text.replaceAll('.', '[.]');

/** Every spelling of the repositories below a prefix such as `docker.io/library/`; `single` matches those of one part. */
function repositories(prefix: string, rest: string, single: string): string {
  if (!prefix.startsWith(`${DOCKER}/`)) return `${escaped(prefix)}${rest}`;
  const folder = prefix.slice(DOCKER.length + 1);
  const registry = '(?:index[.])?docker[.]io/';
  // A first part that looks like a host would be the registry if there were none.
  const plain = splitRegistry(`${folder}x`)[0] === DOCKER ? `(?:${registry})?` : registry;
  const below = `${plain}${escaped(folder)}${rest}`;
  return folder === 'library/' ? `(?:${below}|(?:${registry})?${single})` : below;
}

function below(folder: string): ((reference: string) => boolean) | undefined {
  const prefix = folderOf(folder);
  if (prefix === undefined) return undefined;
  return reference => parseImage(reference)?.repository.startsWith(prefix) ?? false;
}

/** A last component stands in, so that `ghcr.io` and `acme` are completed like images. */
const folderOf = (folder: string): string | undefined => parseImage(`${folder}/x`)?.repository.slice(0, -1);
