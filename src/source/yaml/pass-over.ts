import { MAX_LEXEMES, MAX_QUOTED, MAX_WRITTEN_OUT } from '../limits.ts';
import { Building, type Built } from './building.ts';
import { LineCursor } from './line-cursor.ts';
import { type PlainValue, plainText, plainValue } from './plain-value.ts';
import { resolvePlain } from './scalar.ts';

/*
Most of what lies in a repository holds no Pods, and a tree of it takes fifty times its text. A document is left without one
where a look at its lines proves what the tree would say: that it is YAML without a fault, an object with its name, of a kind
that nobody asks for. The same look reads what is asked for, as `building.ts` puts it together, in a third of the time. It
knows the plainest lines alone; of whatever else there is, a tree is made.
*/

/** Whether only the presence of objects of a kind matters. */
export type IsPassedOver = (apiVersion: string, kind: string) => boolean;

/** A document that has no tree. */
export interface PassedOver {
  readonly apiVersion: string;
  readonly kind: string;
  /** The offset of its first key. */
  readonly start: number;
  /** Where the text after it begins. */
  readonly end: number;
  /** How many entries its maps and lists have in all. */
  readonly entries: number;
}

/** A document without a tree whose content is needed. */
export interface BuiltDocument extends Pick<PassedOver, 'start' | 'end' | 'entries'> {
  readonly built: Built;
}

/** Lines that affect documents below. */
const STATEFUL = /(?:^|\n)(?:%|\.\.\.)/;

/**
 * Looks at the document that starts at an offset of a text: at its `---`, or at the start of the text.
 * @returns undefined where it has to be parsed
 */
export function passingOver(
  text: string,
  isPassedOver: IsPassedOver,
): (from: number) => PassedOver | BuiltDocument | undefined {
  if (STATEFUL.test(text)) return () => undefined;
  return from =>
    new Look(text, from, isPassedOver).passedOver(from) ?? new Look(text, from, undefined).built(from);
}

/** A map or list that is still open: a map with the keys that it has so far, or a list, which has none. */
interface Open {
  readonly column: number;
  readonly keys: Set<string> | undefined;
  readonly isMetadata: boolean;
}

/** Well below the limit of depth, which the parser counts in another way. */
const MOST_OPEN = 50;
/** The most lexemes that the lexer makes of an entry, and of a line that is no entry. */
const [LEXEMES_OF_ENTRY, LEXEMES_OF_LINE] = [10, 4];

const SEPARATOR = /---(?=[ \t\n]|$)/y;
const SEPARATOR_ALONE = /--- *(?=\n|$)/y;
const BLOCK = /[|>]/y;
const COMMENT = /#/y;
/** What follows an entry that is empty, or whose value is below. */
const NO_VALUE = /#|\n|$/y;
const DASH = /-(?=[ \n]|$)/y;
/** A key, plain or in quotes of either kind. */
const KEY = /(?:([A-Za-z_$][\w./$-]{0,250})|"([^"\\\t\n\r]{0,250})"|'([^'\t\n\r]{0,250})'):(?: +|(?=\n|$))/y;
const WORD = /[A-Za-z][\w./-]*(?= *(?:\n|$)| +#)/y;
const NAME = /(?:[A-Za-z][\w.-]*|"[^"\\\t\n\r]*"|'[^'\t\n\r]*')(?= *(?:\n|$)| +#)/y;
const NAMES = ['name', 'generateName', 'namespace'];

/** Each step returns whether everything is as plain as it can handle. */
class Look {
  readonly #cursor: LineCursor;
  readonly #isPassedOver: IsPassedOver | undefined;
  /** Set where the content of the document is needed. */
  readonly #building: Building | undefined;
  readonly #open: Open[] = [];
  #start: number | undefined;
  #entries = 0;
  /** True where nothing follows the last entry in its line: it is empty, or its value is below. */
  #isEmpty = false;
  /** True where the last entry is text that continues in lines with more indentation. */
  #goesOn = false;
  #rootKey = '';
  #apiVersion: string | undefined;
  #kind: string | undefined;

  /** @param isPassedOver left out where the document's content is needed */
  constructor(text: string, from: number, isPassedOver: IsPassedOver | undefined) {
    this.#cursor = new LineCursor(text, from);
    this.#isPassedOver = isPassedOver;
    if (!isPassedOver) this.#building = new Building();
  }

  passedOver(from: number): PassedOver | undefined {
    const stretch = this.#stretch(from);
    const [apiVersion, kind] = [this.#apiVersion, this.#kind];
    return stretch && apiVersion && kind ? { ...stretch, apiVersion, kind } : undefined;
  }

  built(from: number): BuiltDocument | undefined {
    const stretch = this.#stretch(from);
    const built = stretch && this.#building?.finish();
    return built && { ...stretch, built };
  }

  #stretch(from: number): Pick<PassedOver, 'start' | 'end' | 'entries'> | undefined {
    if (!this.#head(from)) return undefined;
    const end = this.#body(from);
    const [start, entries] = [this.#start, this.#entries];
    if (end === undefined || start === undefined) return undefined;
    // The parser lets documents with an empty end stop before the end of the line.
    if (this.#isEmpty || !this.#isSmall(end - from)) return undefined;
    return { start, end, entries };
  }

  /** Whether it is within the limits of a document, however they are counted. */
  #isSmall(length: number): boolean {
    const lexemes = this.#entries * LEXEMES_OF_ENTRY + this.#cursor.lines * LEXEMES_OF_LINE;
    return length <= MAX_QUOTED && this.#entries < MAX_WRITTEN_OUT && lexemes <= MAX_LEXEMES;
  }

  /** Reads up to the first key. */
  #head(from: number): boolean {
    const cursor = this.#cursor;
    let mayStart = true;
    while (cursor.enter()) {
      const first = cursor.pastSpaces();
      if (first === cursor.end || cursor.matches(COMMENT, first)) continue;
      if (mayStart && first === cursor.line && cursor.matches(SEPARATOR_ALONE, first)) {
        mayStart = false;
        continue;
      }
      if (first > cursor.line || (from > 0 && mayStart)) return false;
      this.#start = first;
      this.#open.push({ column: 0, keys: new Set(), isMetadata: false });
      this.#building?.open(false, first);
      return this.#content(first);
    }
    return false;
  }

  /** @returns where the document ends */
  #body(from: number): number | undefined {
    const cursor = this.#cursor;
    while (cursor.enter()) {
      // This is checked as soon as it is known, as the keys of a larger document would be kept for nothing.
      if (!this.#isSmall(cursor.line - from)) return undefined;
      const first = cursor.pastSpaces();
      if (first === cursor.end) continue;
      if (cursor.matches(COMMENT, first)) this.#goesOn = false;
      else if (first === cursor.line && cursor.matches(SEPARATOR, first)) return first;
      else if (!this.#content(first)) return undefined;
    }
    return cursor.text.length;
  }

  get #top(): Open {
    return this.#open[this.#open.length - 1] as Open;
  }

  /** Reads a line that is neither empty nor a comment. */
  #content(first: number): boolean {
    const column = first - this.#cursor.line;
    if (this.#goesOn && column > this.#top.column)
      return !this.#building && this.#is(plainText(this.#cursor, first));
    this.#goesOn = false;
    const isItem = this.#cursor.matches(DASH, first);
    if (this.#isEmpty && this.#opensAt(column, isItem)) {
      if (!isItem && !this.#cursor.matches(KEY, first)) return this.#below(first);
      if (!this.#push(first, isItem)) return false;
    } else this.#closeFor(column, isItem);
    this.#isEmpty = false;
    if (this.#open.length === 0 || this.#top.column !== column) return false;
    if (isItem !== (this.#top.keys === undefined)) return false;
    return isItem ? this.#item(first) : this.#entry(first);
  }

  /** Whether what begins here belongs to the entry above; items of a list may be as far left as its key. */
  #opensAt(column: number, isItem: boolean): boolean {
    const { column: above, keys } = this.#top;
    return column > above || (isItem && column === above && keys !== undefined);
  }

  /** Reads text that is below its key or its dash. */
  #below(first: number): boolean {
    this.#isEmpty = false;
    return !this.#isOfMetadata() && !this.#cursor.matches(BLOCK, first) && this.#value(first);
  }

  #closeFor(column: number, isItem: boolean): void {
    const isOver = (open: Open | undefined): boolean =>
      open !== undefined &&
      (open.column > column || (open.column === column && open.keys === undefined && !isItem));
    while (isOver(this.#open.at(-1))) {
      this.#open.pop();
      this.#building?.close();
    }
  }

  #push(at: number, isList: boolean): boolean {
    const isMetadata = this.#isOfMetadata();
    const column = at - this.#cursor.line;
    this.#open.push({ column, keys: isList ? undefined : new Set(), isMetadata });
    if (this.#building && !this.#building.open(isList, at)) return false;
    return this.#open.length <= MOST_OPEN && !(isMetadata && isList);
  }

  #isOfMetadata(): boolean {
    return this.#open.length === 1 && this.#rootKey === 'metadata';
  }

  #item(dash: number): boolean {
    const cursor = this.#cursor;
    this.#entries++;
    if (this.#building && !this.#building.item()) return false;
    const at = cursor.pastSpaces(dash + 1);
    if (cursor.matches(NO_VALUE, at)) {
      this.#isEmpty = true;
      // Spaces after a dash would count as indentation.
      return at === dash + 1 || at < cursor.end;
    }
    if (cursor.matches(DASH, at)) return this.#push(at, true) && this.#item(at);
    if (cursor.matches(KEY, at)) return this.#push(at, false) && this.#entry(at);
    return this.#value(at);
  }

  #entry(at: number): boolean {
    KEY.lastIndex = at;
    const [, plain, ...quoted] = KEY.exec(this.#cursor.text) ?? [];
    const key = plain ?? quoted[0] ?? quoted[1];
    if (key === undefined || (plain !== undefined && typeof resolvePlain(plain) !== 'string')) return false;
    const { keys, isMetadata } = this.#top;
    if (!keys || keys.has(key)) return false;
    keys.add(key);
    this.#entries++;
    if (this.#building && !this.#building.key(key, at)) return false;
    const value = KEY.lastIndex;
    if (this.#open.length === 1) return this.#ofRoot(key, value);
    if (isMetadata && NAMES.includes(key)) return this.#text(NAME, value) !== undefined;
    return this.#valueOrNone(value);
  }

  #ofRoot(key: string, value: number): boolean {
    this.#rootKey = key;
    switch (key) {
      // kubectl takes it for a list, whatever its kind.
      case 'items':
        return this.#building !== undefined && this.#valueOrNone(value);
      case 'metadata':
        this.#isEmpty = true;
        return this.#cursor.matches(NO_VALUE, value);
      case 'apiVersion':
        this.#apiVersion = this.#text(WORD, value);
        return this.#apiVersion !== undefined && this.#mayBePassedOver();
      case 'kind':
        this.#kind = this.#text(WORD, value);
        return this.#kind !== undefined && this.#mayBePassedOver();
      default:
        return this.#valueOrNone(value);
    }
  }

  /** The look is given up as soon as this is known. */
  #mayBePassedOver(): boolean {
    const [apiVersion, kind] = [this.#apiVersion, this.#kind];
    if (!this.#isPassedOver || apiVersion === undefined || kind === undefined) return true;
    return this.#isPassedOver(apiVersion, kind);
  }

  /** The text of one line, if YAML takes it for text. */
  #text(pattern: RegExp, at: number): string | undefined {
    if (!this.#cursor.matches(pattern, at)) return undefined;
    const text = this.#cursor.text.slice(at, pattern.lastIndex);
    if (this.#building && !this.#building.value(this.#cursor, at)) return undefined;
    return typeof resolvePlain(text) === 'string' ? text : undefined;
  }

  #valueOrNone(at: number): boolean {
    this.#isEmpty = this.#cursor.matches(NO_VALUE, at);
    return this.#isEmpty || this.#value(at);
  }

  #value(at: number): boolean {
    if (!this.#is(plainValue(this.#cursor, at, this.#top.column))) return false;
    return !this.#building || this.#building.value(this.#cursor, at);
  }

  #is(value: PlainValue | undefined): boolean {
    if (!value) return false;
    this.#goesOn = value.goesOn;
    this.#entries += value.items;
    return true;
  }
}
