import { describeShape, quoteStart } from '../../source/describe.ts';
import type { Problem, SourceDocument } from '../../source/document.ts';
import { isMap, type Mapping } from '../../source/mapping.ts';
import { formatPath, type Keys } from '../../source/path.ts';
import { filledIn } from './variables.ts';

/** A scalar of a service, with variables filled in, and its place. */
export interface Word {
  readonly text: string;
  /** The variable that is left in it. */
  readonly open?: string;
  readonly keys: Keys;
}

/** A key with its value, from a map, or from a list of `key=value`. */
export interface Entry {
  readonly key: string;
  readonly value: Word;
}

/** Reads the fields of a service, each in the forms of the specification, and collects what is wrong. */
export class ServiceReader {
  readonly problems: Problem[];
  readonly name: string;
  readonly service: Mapping;
  readonly keys: Keys;
  readonly #document: SourceDocument;
  readonly #told = new Set<string>();
  /** Words that contain a variable, by their place. */
  readonly #open: Map<string, Word>;
  #standsAt: Keys | undefined;

  constructor(
    document: SourceDocument,
    name: string,
    service: Mapping,
    problems: Problem[] = [],
    open = new Map<string, Word>(),
  ) {
    this.problems = problems;
    this.#document = document;
    this.#open = open;
    this.name = name;
    this.service = service;
    this.keys = ['services', name];
  }

  /** Reads the fields of another service as this one's, all of them at these keys. */
  as(service: Mapping, keys: Keys): ServiceReader {
    const other = new ServiceReader(this.#document, this.name, service, this.problems, this.#open);
    other.#standsAt = keys;
    return other;
  }

  get fails(): boolean {
    return this.problems.some(({ severity }) => severity === 'error');
  }

  at(...rest: Keys): Keys {
    return this.#standsAt ?? [...this.keys, ...rest];
  }

  error(keys: Keys, message: string, fix: string): void {
    this.#add('error', keys, message, fix);
  }

  /** Reports what could bear on the verdict and is not judged, or is judged as something else. */
  leftOut(keys: Keys, message: string, fix: string): void {
    this.#add('warning', keys, message, fix);
  }

  #add(severity: Problem['severity'], keys: Keys, message: string, fix: string): void {
    this.problems.push({
      severity,
      position: this.#document.positionOf(keys),
      object: `Service/${this.name}`,
      path: formatPath(keys),
      message,
      fix,
      ...(severity === 'warning' && { leftOut: true as const }),
    });
  }

  misshapen(keys: Keys, value: unknown, expected: string): undefined {
    this.error(
      keys,
      `found ${describeShape(value)}, expected ${expected}`,
      'Correct it: "docker compose config" says what it takes.',
    );
    return undefined;
  }

  /** Reports a variable that is left, once for each place, and what was assumed. */
  word({ open, keys }: Word, taken: string): void {
    const place = formatPath(keys);
    if (open === undefined || this.#told.has(place)) return;
    this.#told.add(place);
    this.leftOut(
      keys,
      `found ${quoteStart(open)}, a variable without a default: it was judged as ${taken}`,
      'Review what "docker compose config" prints, where variables are filled in.',
    );
  }

  /** Marks a word whose variable need not be reported. */
  settled({ keys }: Word): void {
    this.#open.delete(formatPath(keys));
  }

  /** Reports the variables for which nothing was assumed, so that each one in what is judged is mentioned. */
  tellOfOpen(): void {
    const told = new Set(this.problems.map(({ path }) => path));
    for (const [place, word] of this.#open) if (!told.has(place)) this.word(word, 'it is written');
  }

  /** A scalar as text; undefined where there is none, or it is something else. */
  scalar(value: unknown, keys: Keys, expected = 'a string'): Word | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'object') return this.misshapen(keys, value, expected);
    const { text, open } = filledIn(String(value));
    const word = { text, keys: this.#standsAt ?? keys, ...(open !== undefined && { open }) };
    if (open !== undefined) this.#open.set(formatPath(word.keys), word);
    return word;
  }

  text(field: string): Word | undefined {
    return this.scalar(this.service[field], this.at(field));
  }

  /** True, false, or undefined where it is absent. A variable counts as `open`. */
  flag(value: unknown, keys: Keys, open: boolean): boolean | undefined {
    const word = this.scalar(value, keys, 'true or false');
    if (word === undefined) return undefined;
    if (word.open !== undefined) {
      this.word(word, String(open));
      return open;
    }
    const text = word.text.toLowerCase();
    if (TRUE.has(text)) return true;
    if (FALSE.has(text)) return false;
    return this.misshapen(keys, value, 'true or false');
  }

  /** The items of a list, with their keys; a single value is a list of one where that is allowed. */
  items(value: unknown, keys: Keys, single = false): readonly (readonly [unknown, Keys])[] {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.map((item, i) => [item, this.#standsAt ?? [...keys, i]] as const);
    if (single && typeof value !== 'object') return [[value, keys]];
    this.misshapen(keys, value, 'a list');
    return [];
  }

  words(value: unknown, keys: Keys, single = false): readonly Word[] {
    return this.items(value, keys, single).flatMap(([item, at]) => {
      const word = this.scalar(item, at);
      if (item === null || item === undefined) this.misshapen(at, item, 'a string');
      return word ? [word] : [];
    });
  }

  /** `{key: value}`, or `[key=value]`. */
  entries(value: unknown, keys: Keys): readonly Entry[] {
    if (isMap(value)) {
      return Object.entries(value).flatMap(([key, one]) => {
        const at = [...keys, key];
        const word = one === null ? { text: '', keys: at } : this.scalar(one, at);
        return word ? [{ key: filledIn(key).text, value: word }] : [];
      });
    }
    return this.words(value, keys).map(({ text, keys: at, open }) => {
      const end = text.indexOf('=');
      const key = end < 0 ? text : text.slice(0, end);
      return { key, value: { text: end < 0 ? '' : text.slice(end + 1), keys: at, ...(open && { open }) } };
    });
  }

  /** A map; undefined where there is none, or it is something else. */
  map(value: unknown, keys: Keys): Mapping | undefined {
    if (value === undefined || value === null) return undefined;
    return isMap(value) ? value : this.misshapen(keys, value, 'a map');
  }
}

/** As in compose-go `transform`, words of YAML 1.1 are accepted in quotes, too. */
const TRUE: ReadonlySet<string> = new Set(['true', 'y', 'yes', 'on', '1']);
const FALSE: ReadonlySet<string> = new Set(['false', 'n', 'no', 'off', '0', '']);
