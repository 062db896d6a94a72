import type { Cel } from './cel.ts';

/*
Pieces of the guards: CEL as ValidatingAdmissionPolicy evaluates it, with optional types and the string extensions. The API
server provides typed objects, in which an absent field is absent and never null.
https://kubernetes.io/docs/reference/using-api/cel/
*/

/** Where a guard looks, and what it skips. */
export interface Lens {
  /** The Pod: `object` or `oldObject`. */
  readonly pod: Cel;
  /** The list of containers of every kind. */
  readonly containers: Cel;
  /** The results of `madeOnce`, each as an expression without a cost of its own: a variable, or a name bound to it. */
  readonly made: Made;
  /** False where only containers and annotations count, as an update changes nothing else of a Pod. */
  readonly podLevel: boolean;
  /** True where an exemption waives a finding with this value, on the container `c` or on the Pod; undefined where none does. */
  readonly waives?: (value: Cel, on: Place) => Cel | undefined;
  /**
   * Receives each predicate, instead of a guard that is made of it, so that those of all signals can be asked in one pass over
   * each list. Other questions of a guard are lost, so the gathered predicates may hold for more Pods, but never for fewer.
   */
  readonly gather?: (over: Over, predicate: Cel) => void;
}
export type Place = 'c' | 'pod';
/** What a gathered predicate is about: the Pod, or a container `c`, a volume `v`, an annotation's key `a`. */
export type Over = 'pod' | 'container' | 'volume' | 'annotation';

/**
 * What several guards look at, made once for all of them: CEL takes microseconds for each step of a loop, and more the longer
 * the loop is (its cost tracker searches what earlier steps left behind).
 */
export interface Made {
  /** The containers that have a securityContext. */
  readonly secured: Cel;
  /** The keys of annotations that a guard has to look at. */
  readonly suspects: Cel;
  /** The families of each of these keys, as one name. */
  readonly families: Cel;
  /** The classes of added capabilities, as a list for each container of `secured`. */
  readonly capabilities: Cel;
  /** A list of two items for each hostPath: its kind, and its cleaned path. */
  readonly hostPaths: Cel;
}

export const WHOLE_POD: Lens = {
  pod: 'object',
  containers: 'variables.containers',
  made: {
    secured: 'variables.secured',
    suspects: 'variables.suspects',
    families: 'variables.families',
    capabilities: 'variables.capabilities',
    hostPaths: 'variables.hostPaths',
  },
  podLevel: true,
};

/** Both forms of a guard: over the whole Pod, and through a lens. */
export const guarded = (guardAt: (lens: Lens) => Cel) => ({ guard: guardAt(WHOLE_POD), guardAt });

/** True where the predicate holds and no exemption waives what it found. */
export function unwaived(lens: Lens, predicate: Cel, value: Cel, on: Place): Cel {
  const waived = lens.waives?.(value, on);
  return waived === undefined ? predicate : `(${predicate}) && !(${waived})`;
}

/** A guard with one predicate; `false` where the predicate is gathered. */
export function asked({ gather }: Lens, over: Over, predicate: Cel, guard: Cel): Cel {
  if (!gather) return guard;
  gather(over, predicate);
  return 'false';
}

/** True when the Pod itself satisfies the predicate, which includes whether an exemption waives what it found. */
export const anyOfPod = (lens: Lens, predicate: Cel): Cel =>
  lens.podLevel ? asked(lens, 'pod', predicate, predicate) : 'false';

/** True when the Pod itself satisfies the predicate. */
export const ofPod = (lens: Lens, predicate: Cel, value: Cel): Cel =>
  anyOfPod(lens, unwaived(lens, predicate, value, 'pod'));

/** True when a container of any kind satisfies one of the predicates over `c`. */
export const anyContainer = (lens: Lens, ...predicates: readonly Cel[]): Cel =>
  anyOfContainers(lens, lens.containers, predicates);

/** True when a container satisfies one of the predicates, which only one with a securityContext can. */
export const anySecured = (lens: Lens, ...predicates: readonly Cel[]): Cel =>
  anyOfContainers(lens, lens.made.secured, predicates);

function anyOfContainers(lens: Lens, containers: Cel, predicates: readonly Cel[]): Cel {
  if (!lens.gather) return `${containers}.exists(c, ${predicates.join(' || ')})`;
  for (const predicate of predicates) lens.gather('container', predicate);
  return 'false';
}

/**
 * True when the Pod's or a container's securityContext satisfies the predicate, which is given an optional; `value` is what was
 * found there.
 */
export function anySecurityContext(
  lens: Lens,
  predicate: (context: string) => Cel,
  value: (context: string) => Cel,
): Cel {
  const at = (context: string, on: Place) => unwaived(lens, predicate(context), value(context), on);
  const ofContainers = anySecured(lens, at('c.?securityContext', 'c'));
  return lens.podLevel
    ? `${anyOfPod(lens, at(`${lens.pod}.spec.?securityContext`, 'pod'))} || ${ofContainers}`
    : ofContainers;
}

/** True when an annotation satisfies the predicate over its key `a`, which `isSuspect` lets through. */
export const anyAnnotation = (lens: Lens, predicate: Cel): Cel =>
  asked(lens, 'annotation', predicate, `${lens.made.suspects}.exists(a, ${predicate})`);

/** The value of the annotation `a`. */
export const annotationValue = (lens: Lens): Cel => `${lens.pod}.metadata.annotations[a]`;

/** A string literal for any string: a quote within it would end it, and a line break would be refused. */
export const text = (value: string): Cel =>
  `'${value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll(/\p{Cc}/gu, escaped)}'`;

const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A list literal of strings. */
export const texts = (values: Iterable<string>): Cel => `[${[...values].map(text).join(', ')}]`;

/** Replaces each `from` by split and join, as not every implementation of CEL has `replace`. */
export const replaceAll = (subject: Cel, from: string, to: string): Cel =>
  `${subject}.split(${text(from)}).join(${text(to)})`;
