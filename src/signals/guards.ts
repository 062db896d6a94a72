import type { Cel } from './signal.ts';

/*
Pieces of the guards: CEL as ValidatingAdmissionPolicy evaluates it, with optional types and the string extensions.
https://kubernetes.io/docs/reference/using-api/cel/
The API server hands over typed objects: an absent field is absent, never null.
*/

/** Where a guard looks, and what it passes over. */
export interface Lens {
  /** The Pod: `object` or `oldObject`. */
  readonly pod: Cel;
  /** A list of containers of every kind. */
  readonly containers: Cel;
  /** Keys of annotations: a list, or the map itself. */
  readonly annotations: Cel;
  /** False where only containers and annotations count: an update changes nothing else of a Pod. */
  readonly podLevel: boolean;
  /** True where an exemption waives a finding of this value, on the container `c` or on the Pod; undefined: none does. */
  readonly waives?: (value: Cel, on: Place) => Cel | undefined;
}
export type Place = 'c' | 'pod';

export const WHOLE_POD: Lens = {
  pod: 'object',
  containers: 'variables.containers',
  annotations: 'object.metadata.?annotations.orValue({})',
  podLevel: true,
};

/** Both forms of a guard: over the whole Pod, and through a lens. */
export const guarded = (guardAt: (lens: Lens) => Cel) => ({ guard: guardAt(WHOLE_POD), guardAt });

/** A predicate, and that no exemption waives what it found. */
export function unwaived(lens: Lens, predicate: Cel, value: Cel, on: Place): Cel {
  const waived = lens.waives?.(value, on);
  return waived === undefined ? predicate : `(${predicate}) && !(${waived})`;
}

/** True when the Pod itself satisfies the predicate. */
export const ofPod = (lens: Lens, predicate: Cel, value: Cel): Cel =>
  lens.podLevel ? unwaived(lens, predicate, value, 'pod') : 'false';

/** True when a container of any kind satisfies the predicate over `c`. */
export const anyContainer = (lens: Lens, predicate: Cel): Cel => `${lens.containers}.exists(c, ${predicate})`;

/**
 * True when the Pod's or a container's securityContext satisfies the predicate over the optional it is given; `value` is
 * what was found there.
 */
export function anySecurityContext(
  lens: Lens,
  predicate: (context: string) => Cel,
  value: (context: string) => Cel,
): Cel {
  const at = (context: string, on: Place) => unwaived(lens, predicate(context), value(context), on);
  const ofContainers = anyContainer(lens, at('c.?securityContext', 'c'));
  return lens.podLevel
    ? `${at(`${lens.pod}.spec.?securityContext`, 'pod')} || ${ofContainers}`
    : ofContainers;
}

/** True when a volume satisfies the predicate over `v`. */
export const anyVolume = (lens: Lens, predicate: Cel): Cel =>
  lens.podLevel ? `${lens.pod}.spec.?volumes.orValue([]).exists(v, ${predicate})` : 'false';

/** True when an annotation satisfies the predicate over its key `a`. */
export const anyAnnotation = (lens: Lens, predicate: Cel): Cel =>
  `${lens.annotations}.exists(a, ${predicate})`;

/** The value of the annotation `a`. */
export const annotationValue = (lens: Lens): Cel => `${lens.pod}.metadata.annotations[a]`;

/** A string literal, whatever the string holds: a quote would end it, a line break be refused. */
export const text = (value: string): Cel =>
  `'${value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll(/\p{Cc}/gu, escaped)}'`;

const escaped = (control: string): string => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A list literal of strings. */
export const texts = (values: Iterable<string>): Cel => `[${[...values].map(text).join(', ')}]`;

/** Every `from` replaced. By split and join: not every implementation of CEL has `replace`. */
export const replaceAll = (subject: Cel, from: string, to: string): Cel =>
  `${subject}.split(${text(from)}).join(${text(to)})`;
