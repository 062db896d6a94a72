import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import { type Plugin, rolldown } from 'rolldown';

export interface Bundle {
  /**
   * Evaluates the bundle as if for the first time; packages stay as they are.
   * @param vitest replaces that package
   * @returns functions by file, each of which evaluates a file of tests and what it imports
   */
  evaluate(vitest: object): Promise<Readonly<Record<string, () => Promise<unknown>>>>;
}

/** The part of Node's interface that its types leave out. */
interface Compiled {
  createCachedData(): Buffer;
}

/** One module of files of tests and all that they import, without packages. */
export async function bundleOf(files: readonly string[]): Promise<Bundle> {
  const build = await rolldown({
    input: ENTRY,
    platform: 'node',
    external: id => id !== ENTRY && !id.startsWith('.') && !isAbsolute(id),
    plugins: [entryOf(files), OWN_PLACE],
    treeshake: false,
    logLevel: 'silent',
  });
  // Modules are evaluated in their own order, and only when they are asked for.
  const { output } = await build.generate({ format: 'es', codeSplitting: false, strictExecutionOrder: true });
  await build.close();
  const { code, imports } = output[0];
  const packages = new Map<string, vm.SyntheticModule>();
  for (const name of imports) if (name !== 'vitest') packages.set(name, synthetic(await import(name)));

  let cachedData: Buffer | undefined;
  return {
    evaluate: async vitest => {
      const module = new vm.SourceTextModule(code, {
        identifier: 'tests',
        importModuleDynamically: name => import(name),
        // The bundle was compiled once; its code is used again.
        ...(cachedData && { cachedData }),
      });
      cachedData ??= (module as unknown as Compiled).createCachedData();
      const own = synthetic(vitest);
      await module.link(name => (name === 'vitest' ? own : (packages.get(name) as vm.SyntheticModule)));
      await module.evaluate();
      return (module.namespace as { readonly files: Record<string, () => Promise<unknown>> }).files;
    },
  };
}

function synthetic(exports: object): vm.SyntheticModule {
  const entries = Object.entries(exports);
  const module = new vm.SyntheticModule(
    entries.map(([name]) => name),
    () => {
      for (const [name, value] of entries) module.setExport(name, value);
    },
  );
  return module;
}

const ENTRY = '\0entry';

function entryOf(files: readonly string[]): Plugin {
  const loaders = files.map(
    file => `${JSON.stringify(file)}: () => import(${JSON.stringify(resolve(file))})`,
  );
  return {
    name: 'entry',
    resolveId: id => (id === ENTRY ? id : undefined),
    load: id => (id === ENTRY ? `export const files = { ${loaders.join(', ')} };` : undefined),
  };
}

/** Each file keeps its place. */
const OWN_PLACE: Plugin = {
  name: 'own-place',
  transform: (code, id) =>
    code
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(id)))
      .replaceAll('import.meta.filename', JSON.stringify(id))
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)),
};
