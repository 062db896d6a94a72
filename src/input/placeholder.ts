import { isNamespaceName } from '../pod/namespace.ts';
import { quoteStart } from '../source/describe.ts';
import type { Problem, SourceDocument } from '../source/document.ts';
import { formatPath } from '../source/path.ts';
import type { Header } from './header.ts';

/**
 * `${NAME}`, `$(NAME)`, `$NAME`, `{{ name }}`, `<name>`, `%NAME%`, `__NAME__`, `@NAME@`: the name of an object has none of
 * these characters.
 */
const PLACEHOLDER = /\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|\{\{|<[^<>]+>|%\w+%|__\w+__|@\w+@/;

/** How much of a text is searched, which is more than any name has. */
const LONGEST = 300;

export const isPlaceholder = (text: string): boolean => PLACEHOLDER.test(text.slice(0, LONGEST));

/** Whether a namespace has still to be filled in: any invalid name does, whatever its characters. */
export const isToFillIn = (namespace: string): boolean => !isNamespaceName(namespace);

/** A warning for a name and a namespace that are still to be filled in. */
export const placeholders = (
  document: SourceDocument,
  { kind, name, namespace }: Header,
): readonly Problem[] =>
  (['name', 'namespace'] as const).flatMap(key => {
    const value = { name, namespace }[key];
    const isOpen = key === 'name' ? isPlaceholder : isToFillIn;
    if (value === undefined || !isOpen(value)) return [];
    const keys = ['metadata', key];
    const soever = key === 'name' ? 'as what any object is' : 'as in a namespace without labels';
    return [
      {
        severity: 'warning' as const,
        position: document.positionOf(keys),
        object: `${kind}/${name}`,
        path: formatPath(keys),
        message: `found ${quoteStart(value)}, a placeholder: it was judged ${soever}`,
        fix: 'Fill it in before, as what applies it does (envsubst, sed, oc process).',
      },
    ];
  });
