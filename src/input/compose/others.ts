import type { Mapping } from '../../source/mapping.ts';
import type { ComposeFile } from './field.ts';
import { mapIn } from './look-up.ts';
import { filledIn } from './variables.ts';

/** Another service of the file: its name, and its content. */
export interface Other {
  readonly name: string;
  readonly service: Mapping;
}

export const otherService = (name: string, { services }: ComposeFile): Other | undefined => {
  const service = mapIn(services, name);
  return service && { name, service };
};

/**
 * The service whose container has this name: the name that it sets, or, if it sets none, the one that Compose gives its first
 * container (`PROJECT-NAME-1`), whatever the project's name is.
 */
export function serviceOfContainer(container: string, file: ComposeFile): Other | undefined {
  const names = Object.keys(file.services);
  const called = (name: string): string =>
    filledIn(String(otherService(name, file)?.service.container_name ?? '')).text;
  const found =
    names.find(name => called(name) === container) ??
    names.find(
      name => called(name) === '' && [`-${name}-1`, `_${name}_1`].some(end => container.endsWith(end)),
    );
  return found === undefined ? undefined : otherService(found, file);
}
